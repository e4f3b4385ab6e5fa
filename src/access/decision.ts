/** May this caller call this function, and why? The one place where that is decided. */
import type { CatalogFunction, FunctionAccess } from '../catalog/catalog.js'
import { type AccessRule, readAccessRule } from '../domain/access-rules.js'
import { type Caller, ROLES } from '../domain/caller.js'
import { isWithin } from '../domain/function-globs.js'
import { matchesGlob } from '../domain/glob.js'
import { hasRight, rankOf, type Right } from './rights.js'

type RuleSource = FunctionAccess['source']

export interface Decision {
  readonly isAllowed: boolean
  readonly because: Reason
}

export type Reason =
  /** Switched off by an operator, for everybody. */
  | { readonly kind: 'disabled' }
  /** No role that may do this with any function. */
  | { readonly kind: 'right'; readonly right: Right }
  /** The credential is limited to other functions. */
  | { readonly kind: 'credential' }
  /** This rule of a list fits the caller. */
  | { readonly kind: 'denied' | 'allowed'; readonly rule: string; readonly source: RuleSource }
  /** There is an `allow`, and nothing of it fits. */
  | { readonly kind: 'not-allowed'; readonly source: RuleSource }
  /** Nothing is said against it. */
  | { readonly kind: 'open' }

/** What of a caller counts. */
export type Subject = Pick<Caller, 'userId' | 'roles' | 'credential' | 'functions'>

/** Whether the caller may know of the function: then he may call it, if he has the right to. */
export function decide(subject: Subject, fn: CatalogFunction): Decision {
  return fn.isDisabled ? no({ kind: 'disabled' }) : decideWho(subject, fn)
}

/** The same as though nobody had disabled it. */
export function decideWho(subject: Subject, fn: CatalogFunction): Decision {
  if (!isWithin(subject, fn)) return no({ kind: 'credential' })
  return fn.access === undefined ? yes({ kind: 'open' }) : decideByRules(subject, fn.access)
}

/** The same for calling it, his role included. */
export function decideCall(subject: Subject, fn: CatalogFunction): Decision {
  const decision = decide(subject, fn)
  const right = rightToCall(fn)
  return decision.isAllowed && !hasRight(subject, right) ? no({ kind: 'right', right }) : decision
}

/** The same by one set of rules alone. */
export function decideByRules(
  subject: Subject,
  { allow, deny = [], source }: FunctionAccess,
): Decision {
  const denying = deny.find((rule) => fits(rule, subject, 'deny'))
  if (denying !== undefined) return no({ kind: 'denied', rule: denying, source })
  if (allow === undefined) return yes({ kind: 'open' })
  const allowing = allow.find((rule) => fits(rule, subject, 'allow'))
  if (allowing === undefined) return no({ kind: 'not-allowed', source })
  return yes({ kind: 'allowed', rule: allowing, source })
}

/** The right that calling a function of this type needs. */
function rightToCall({ mcpType }: Pick<CatalogFunction, 'mcpType'>): Right {
  return mcpType === 'tool' ? 'call' : 'read'
}

function fits(text: string, subject: Subject, list: 'allow' | 'deny'): boolean {
  const rule = readAccessRule(text)
  // What nobody can read keeps everybody out.
  if (rule === undefined) return list === 'deny'
  return rule.kind === 'role' ? fitsRole(rule.role, subject, list) : fitsGlob(rule, subject)
}

/** A role allows those above it too, and denies those below it: a higher one never sees less. */
function fitsRole(
  role: Extract<AccessRule, { kind: 'role' }>['role'],
  subject: Subject,
  list: 'allow' | 'deny',
): boolean {
  const rank = rankOf(subject)
  const wanted = ROLES.indexOf(role)
  return list === 'allow' ? rank >= wanted : rank <= wanted
}

function fitsGlob(
  { kind, glob }: Extract<AccessRule, { kind: 'user' | 'key' }>,
  { userId, credential }: Subject,
): boolean {
  const id = kind === 'user' ? userId : credential?.keyId
  return id !== undefined && matchesGlob(glob, id)
}

function yes(because: Reason): Decision {
  return { isAllowed: true, because }
}

function no(because: Reason): Decision {
  return { isAllowed: false, because }
}
