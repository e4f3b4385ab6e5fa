import type { Handler } from './handler.js'

/** No function offers completions, so there is never a suggestion. */
export const complete: Handler<'completion/complete'> = () => ({
  completion: { values: [], total: 0, hasMore: false },
})
