/** Where a module's functions run. */

/** `process`: without rights, `worker`: a thread, `inline`: the gateway's own process. */
export const EXECUTORS = ['process', 'worker', 'inline'] as const

export type ExecutorKind = (typeof EXECUTORS)[number]

/** A module of a bundle of an endpoint; package and module have the names that their publisher chose. */
export interface ModuleName {
  readonly endpointId: string
  readonly packageName: string
  readonly moduleName: string
}
