/**
 * Who may call one function: rules that its bundle declares, and an operator may replace.
 *
 * A rule is `role:NAME`, `user:GLOB` or `key:GLOB`, where `*` stands for any characters and `?` for
 * one. Where both lists fit somebody, he is refused.
 */
import { ROLES } from './caller.js'

export interface AccessRules {
  /** When it is there, only whom one of them fits may call it. */
  readonly allow?: readonly string[] | undefined
  /** Whom one of them fits may not. */
  readonly deny?: readonly string[] | undefined
}

export const ACCESS_LISTS = ['allow', 'deny'] as const

/** Rules in one list. */
export const MAX_ACCESS_RULES = 100

/** A user's id has at most 128 characters, an escaped name of a cloud's user some more. */
const MAX_GLOB_CHARS = 256

/** What `isAccessRule` expects, for error messages. */
export const ACCESS_RULE = `role:NAME with one of ${ROLES.join(', ')}, or user:GLOB or key:GLOB of 1 to ${MAX_GLOB_CHARS} characters`

export type AccessRule =
  | { readonly kind: 'role'; readonly role: (typeof ROLES)[number] }
  | { readonly kind: 'user' | 'key'; readonly glob: string }

export function isAccessRule(text: string): boolean {
  return readAccessRule(text) !== undefined
}

/** @returns undefined for what is no rule */
export function readAccessRule(text: string): AccessRule | undefined {
  const at = text.indexOf(':')
  if (at < 0) return undefined
  const kind = text.slice(0, at)
  const rest = text.slice(at + 1)
  if (kind === 'role') {
    const role = ROLES.find((name) => name === rest)
    return role && { kind, role }
  }
  if (kind !== 'user' && kind !== 'key') return undefined
  return rest.length >= 1 && rest.length <= MAX_GLOB_CHARS ? { kind, glob: rest } : undefined
}
