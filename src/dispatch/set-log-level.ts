import type { Handler } from './handler.js'

/** Over stdio the edge remembers the level; an HTTP request carries no memory to set it in. */
export const setLogLevel: Handler<'logging/setLevel'> = () => ({})
