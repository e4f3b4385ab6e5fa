/**
 * What may this caller do here, and why? The front door of the room: rights by role are asked for
 * and functions are shown here, and nowhere else.
 *
 * A function that its caller may not call is unknown to him: he gets a view of the snapshot in
 * which it never was.
 */
import type { Audit } from '../audit/audit.js'
import type { Catalog, CatalogFunction, FunctionName, Snapshot } from '../catalog/catalog.js'
import type { Caller } from '../domain/caller.js'
import type { McpType } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import { isWithin } from '../domain/function-globs.js'
import { type Decision, decide, decideCall, decideWho } from './decision.js'
import { demandRight, hasRight, type Right } from './rights.js'
import { createViews } from './views.js'

export type { Decision, Reason } from './decision.js'
export { type Right, RIGHTS, roleFor, scopesFor } from './rights.js'

export interface Access {
  /**
   * A right that is lacking is one event of the audit.
   *
   * @param target what it is needed for, as the audit names it: a method, a route
   * @throws GatewayError `INSUFFICIENT_SCOPE` with all scopes that are needed in `data.scope`
   */
  demand(caller: Caller, right: Right, target: string): void

  /** The same for what concerns the whole gateway. @throws GatewayError `INSUFFICIENT_SCOPE` */
  demandOperator(caller: Caller, target: string): void

  /** Whether the caller has a right, for whoever only shows that. */
  has(caller: Caller, right: Right): boolean

  /**
   * What the caller may know of his endpoint's functions, for whoever answers him: what he asks for
   * and may not know of is one event of the audit, and unknown.
   */
  readonly visible: (caller: Caller) => Promise<Snapshot>

  /**
   * The same for whoever only looks, on nobody's request: as it is known without waiting, up to
   * date as long as the endpoint is watched. Undefined while nothing is known.
   */
  readonly look: (caller: Caller) => Snapshot | undefined

  /**
   * Whether what came of a call that his user has made may be told to the caller: where he may know
   * of its function. What the endpoint no longer has, or has disabled, hides none of its calls.
   */
  readonly mayRecall: (caller: Caller, name: FunctionName) => Promise<boolean>

  /** The same for whoever only looks, as `look` does. Undefined while nothing is known. */
  readonly lookBack: (caller: Caller, name: FunctionName) => boolean | undefined

  /** @returns undefined when the endpoint has no such function, not even a disabled one */
  explain(caller: Caller, name: FunctionName): Promise<Decision | undefined>
}

export interface AccessParts {
  readonly catalog: Pick<Catalog, 'snapshot' | 'recent'>
  /** Default: nobody is told of what was refused. */
  readonly audit?: Pick<Audit, 'note'> | undefined
}

export function createAccess({ catalog, audit }: AccessParts): Access {
  const viewOf = createViews()
  const note = (caller: Caller, target: string, detail: Readonly<Record<string, unknown>>) => {
    const { endpointId, userId: actor, credential } = caller
    const { keyId } = credential ?? {}
    audit?.note({
      endpointId,
      actor,
      action: 'right.denied',
      target,
      detail: { ...detail, ...(keyId !== undefined && { keyId }) },
    })
  }
  return {
    demand: (caller, right, target) => {
      try {
        demandRight(caller, right)
      } catch (error) {
        note(caller, target, { right, roles: caller.roles })
        throw error
      }
    },
    demandOperator: (caller, target) => {
      if (caller.roles.includes('operator')) return
      note(caller, target, { right: 'operate', roles: caller.roles })
      throw new GatewayError('INSUFFICIENT_SCOPE', 'This is for operators of the whole gateway')
    },
    has: hasRight,
    visible: async (caller) => {
      const whole = await catalog.snapshot(caller.endpointId)
      const view = viewOf(whole, caller)
      if (view === whole) return whole
      const onHidden = (fn: CatalogFunction) =>
        note(caller, `${fn.mcpType} ${fn.uri ?? fn.name}`, { because: decide(caller, fn).because })
      return withNotes(view, whole, onHidden)
    },
    look: (caller) => {
      const whole = catalog.recent(caller.endpointId)
      return whole && viewOf(whole, caller)
    },
    mayRecall: async (caller, name) =>
      recalls(await catalog.snapshot(caller.endpointId), caller, name),
    lookBack: (caller, name) => {
      const whole = catalog.recent(caller.endpointId)
      return whole && recalls(whole, caller, name)
    },
    explain: async (caller, name) => {
      const fn = findWhole(await catalog.snapshot(caller.endpointId), name)
      return fn && decideCall(caller, fn)
    },
  }
}

/** The view, with a word on each look at what it hides. */
function withNotes(
  view: Snapshot,
  whole: Snapshot,
  onHidden: (fn: CatalogFunction) => void,
): Snapshot {
  const orNote = (hidden: CatalogFunction | undefined): undefined => {
    if (hidden !== undefined) onHidden(hidden)
  }
  return {
    ...view,
    find: (mcpType: McpType, key: string) =>
      view.find(mcpType, key) ?? orNote(whole.find(mcpType, key)),
    matchTemplate: (uri: string) =>
      view.matchTemplate(uri) ?? orNote(whole.matchTemplate(uri)?.template),
  }
}

function recalls(whole: Snapshot, caller: Caller, name: FunctionName): boolean {
  const fn = findWhole(whole, name)
  if (fn === undefined) return isWithin(caller, { mcpType: name.mcpType, name: name.key })
  return decideWho(caller, fn).isAllowed
}

function findWhole(
  snapshot: Snapshot,
  { mcpType, key }: FunctionName,
): CatalogFunction | undefined {
  const isMeant = (fn: CatalogFunction) => fn.mcpType === mcpType && (fn.uri ?? fn.name) === key
  return snapshot.find(mcpType, key) ?? snapshot.disabled.find(isMeant)
}
