/** Which module runs in which executor: the first rule that fits counts, else EXECUTOR. */
import { z } from 'zod'

export const EXECUTORS = ['process', 'worker', 'inline'] as const

type ExecutorName = (typeof EXECUTORS)[number]

/** A module of a bundle of an endpoint. */
interface ModuleName {
  readonly endpointId: string
  readonly packageName: string
  readonly moduleName: string
}

export interface ModuleExecutor extends ModuleName {
  readonly executor: ExecutorName
}

const RULE = /^(\*|[^\s/=*]+)\/(\*|[^\s/=*]+)\/(\*|[^\s=*]+)=(\w+)$/

export const moduleExecutors = z
  .string()
  .transform((list, context): ModuleExecutor[] => {
    const rules = list.split(',').map(readRule)
    const whole = rules.filter((rule) => rule !== undefined)
    if (whole.length === rules.length) return whole
    context.addIssue(
      `must be a list of ENDPOINT/PACKAGE/MODULE=EXECUTOR: * for any, and ${EXECUTORS.join(', ')}`,
    )
    return z.NEVER
  })
  .optional()

function readRule(entry: string): ModuleExecutor | undefined {
  const [, endpointId, packageName, moduleName, name] = RULE.exec(entry.trim()) ?? []
  const executor = EXECUTORS.find((kind) => kind === name)
  if (!endpointId || !packageName || !moduleName || !executor) return undefined
  return { endpointId, packageName, moduleName, executor }
}

interface ChosenExecutors {
  readonly EXECUTOR: ExecutorName
  readonly MODULE_EXECUTORS?: readonly ModuleExecutor[] | undefined
}

/** Where the functions of this module run. */
export function executorOf(config: ChosenExecutors, module: ModuleName): ExecutorName {
  const rule = config.MODULE_EXECUTORS?.find((each) =>
    PARTS.every((part) => each[part] === '*' || each[part] === module[part]),
  )
  return rule?.executor ?? config.EXECUTOR
}

const PARTS = ['endpointId', 'packageName', 'moduleName'] as const
