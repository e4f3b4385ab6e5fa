/** One executor out of several: which one runs a module is chosen by whom the gateway belongs to. */
import type { ExecutorKind, ModuleName } from '../domain/executor.js'
import { shuttingDown } from './job-answer.js'
import type { Executor, MethodName } from './runtime.js'

export interface ChosenExecutorsOptions {
  /** Where a module runs that nothing was said of. */
  readonly defaultKind: ExecutorKind
  readonly choose: (module: ModuleName) => ExecutorKind
  /** Called once a kind, when it is first needed. */
  readonly open: (kind: ExecutorKind) => Executor
}

export function createChosenExecutors(options: ChosenExecutorsOptions): Executor {
  const { defaultKind, choose, open } = options
  const opened = new Map<ExecutorKind, Executor>()
  let isClosed = false
  const executorOf = (kind: ExecutorKind) => {
    const known = opened.get(kind)
    if (known !== undefined) return known
    if (isClosed) throw shuttingDown()
    const executor = open(kind)
    opened.set(kind, executor)
    return executor
  }
  return {
    kind: defaultKind,
    async run(job) {
      const { bundle, moduleName } = job.target
      return executorOf(choose({ ...bundle, moduleName })).run(job)
    },
    async check(bundle, methods) {
      const byKind = new Map<ExecutorKind, MethodName[]>()
      for (const method of methods) {
        const kind = choose({ ...bundle.ref, moduleName: method.moduleName })
        byKind.set(kind, [...(byKind.get(kind) ?? []), method])
      }
      const executors = [...byKind].map(([kind, own]) => [executorOf(kind), own] as const)
      const checks = executors.map(([executor, own]) => executor.check(bundle, own))
      return (await Promise.all(checks)).flat()
    },
    count: (endpointId) => sumOf(opened, (executor) => executor.count(endpointId)),
    retire: (endpointId, modules) =>
      sumOf(opened, (executor) => executor.retire(endpointId, modules)),
    async close() {
      isClosed = true
      await Promise.all([...opened.values()].map((executor) => executor.close()))
    },
  }
}

function sumOf(
  opened: ReadonlyMap<ExecutorKind, Executor>,
  count: (executor: Executor) => number,
): number {
  return [...opened.values()].reduce((sum, executor) => sum + count(executor), 0)
}
