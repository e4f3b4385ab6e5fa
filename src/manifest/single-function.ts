/** A function that no manifest declares, checked as if one did. A front door of the room. */
import type { AccessRules } from '../domain/access-rules.js'
import type { CapabilityData, FunctionDefinition, McpType } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import { toDefinitions } from './definitions.js'
import type { ManifestChecks } from './manifest-checks.js'
import { examineManifest } from './manifest.js'

export interface SingleFunction {
  readonly mcpType: McpType
  /** What the protocol shows. */
  readonly data: CapabilityData
  readonly moduleName: string
  readonly className: string
  readonly functionName: string
  readonly isAsync: boolean
  readonly access?: AccessRules | undefined
  readonly redact?: readonly string[] | undefined
}

export interface ExaminedFunction {
  /** Undefined where something is wrong. */
  readonly definition: FunctionDefinition | undefined
  /** One sentence each, beginning with the member: `data.inputSchema.type: expected …`. */
  readonly problems: readonly string[]
}

const LIST_OF = {
  tool: 'tools',
  resource: 'resources',
  resource_template: 'resources',
  prompt: 'prompts',
} as const satisfies Record<McpType, string>

/** @param fn whose data nests no deeper than a manifest may */
export function examineFunction(fn: SingleFunction, checks: ManifestChecks): ExaminedFunction {
  const { mcpType, data } = fn
  const place = placeProblem(fn)
  if (place !== undefined) return { definition: undefined, problems: [place] }
  try {
    const { manifest, problems } = examineManifest(JSON.stringify(toManifest(fn)), checks)
    const told = [...new Set(problems.flatMap(toOwnWords))]
    if (manifest === undefined || told.length > 0)
      return { definition: undefined, problems: told.length > 0 ? told : ['data: is no function'] }
    const [definition] = toDefinitions(manifest).functions
    return { definition: definition && { ...definition, mcpType, data }, problems: [] }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { definition: undefined, problems: [`data: ${error.message}`] }
  }
}

/** Which of the two a resource is lies in the member that it has. */
function placeProblem({ mcpType, data }: SingleFunction): string | undefined {
  const [wanted, other] =
    mcpType === 'resource_template' ? ['uriTemplate', 'uri'] : ['uri', 'uriTemplate']
  if (LIST_OF[mcpType] !== 'resources') return undefined
  if (typeof data[wanted] !== 'string') return `data.${wanted}: is missing; expected a string`
  if (data[other] !== undefined) return `data.${other}: a ${mcpType} has ${wanted} alone`
  return undefined
}

function toManifest({ mcpType, data, ...fn }: SingleFunction) {
  const code = { module_name: fn.moduleName, class_name: fn.className }
  const list = LIST_OF[mcpType]
  return {
    [list]: [data],
    module_links: [
      {
        type: list.slice(0, -1),
        // What is wrong with the name is told of the item.
        name: typeof data['name'] === 'string' && data['name'] !== '' ? data['name'] : '?',
        ...code,
        function_name: fn.functionName,
        is_async: fn.isAsync,
        access: fn.access,
        redact: fn.redact,
      },
    ],
    modules: [{ package_name: 'package', ...code }],
  }
}

/** Paths inside of the manifest that stands for it, and what they are called here. */
const OWN_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^(?:tools|resources|prompts)\[0\]/, 'data'],
  [/^module_links\[0\]\.module_name/, 'moduleName'],
  [/^module_links\[0\]\.class_name/, 'className'],
  [/^module_links\[0\]\.function_name/, 'methodName'],
  [/^module_links\[0\]\.is_async/, 'isAsync'],
  [/^module_links\[0\]\.(?=access|redact)/, ''],
]

/** @returns none for what is said of the rest of that manifest */
function toOwnWords(problem: string): string[] {
  const end = problem.indexOf(': ')
  const [path, said] = [problem.slice(0, end), problem.slice(end)]
  const found = OWN_NAMES.find(([pattern]) => pattern.test(path))
  if (found === undefined) return []
  const own = path.replace(found[0], found[1]).replaceAll(/\[(\d+)\]/g, '.$1')
  return said.includes('module_links') ? [] : [`${own}${said}`]
}
