import type { Role } from './caller.js'

/** What somebody else's token may make of its bearer: nobody else makes our operators. */
export const FOREIGN_ROLES = [
  'reader',
  'caller',
  'publisher',
  'admin',
] as const satisfies readonly Role[]

export type ForeignRole = (typeof FOREIGN_ROLES)[number]
