/** Which module runs in which executor: the first rule that fits counts, else EXECUTOR. */
import { z } from 'zod'
import { EXECUTORS, type ExecutorKind, type ModuleName } from '../domain/executor.js'

export interface ModuleExecutor extends ModuleName {
  readonly executor: ExecutorKind
}

const RULE = /^(\*|[^\s/=*]+)\/(\*|[^\s/=*]+)\/(\*|[^\s=*]+)=(\w+)$/

const NOT_A_LIST = `must be a list of ENDPOINT/PACKAGE/MODULE=EXECUTOR: * for any, and ${EXECUTORS.join(', ')}`

const FOR_ANYBODY =
  'must name the endpoint where it takes a package or module out of process: anybody may publish under that name'

export const moduleExecutors = z
  .string()
  .transform((list, context): ModuleExecutor[] => {
    const rules = list.split(',').map(readRule)
    const whole = rules.filter((rule) => rule !== undefined)
    if (whole.length === rules.length && !whole.some(isForAnybody)) return whole
    context.addIssue(whole.length === rules.length ? FOR_ANYBODY : NOT_A_LIST)
    return z.NEVER
  })
  .optional()

function readRule(entry: string): ModuleExecutor | undefined {
  const [, endpointId, packageName, moduleName, name] = RULE.exec(entry.trim()) ?? []
  const executor = EXECUTORS.find((kind) => kind === name)
  if (!endpointId || !packageName || !moduleName || !executor) return undefined
  return { endpointId, packageName, moduleName, executor }
}

/** It trusts a name, and names are whatever a publisher writes into its manifest. */
function isForAnybody({ endpointId, packageName, moduleName, executor }: ModuleExecutor): boolean {
  const isNamed = packageName !== '*' || moduleName !== '*'
  return endpointId === '*' && isNamed && executor !== 'process'
}

interface ChosenExecutors {
  readonly EXECUTOR: ExecutorKind
  readonly MODULE_EXECUTORS?: readonly ModuleExecutor[] | undefined
}

/** Where the functions of this module run. */
export function executorOf(config: ChosenExecutors, module: ModuleName): ExecutorKind {
  const rule = config.MODULE_EXECUTORS?.find((each) =>
    PARTS.every((part) => each[part] === '*' || each[part] === module[part]),
  )
  return rule?.executor ?? config.EXECUTOR
}

const PARTS = ['endpointId', 'packageName', 'moduleName'] as const
