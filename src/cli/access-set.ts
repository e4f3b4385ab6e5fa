import type { FunctionName, FunctionOverride, OverrideChange } from '../catalog/catalog.js'
import { ACCESS_RULE, isAccessRule, MAX_ACCESS_RULES } from '../domain/access-rules.js'
import type { McpType } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import { findNamed, onlyNamed, readType, toLabel, toRuleText } from './access-function.js'
import { onlyOne, readArguments } from './arguments.js'
import { atGateway, CLI_ACTOR } from './at-endpoint.js'
import { toPrintable } from './printable.js'
import type { OpenGateway, Program } from './program.js'
import { UsageError } from './usage-error.js'

const OPTIONS = {
  endpoint: { type: 'string' },
  type: { type: 'string' },
  allow: { type: 'string', multiple: true },
  deny: { type: 'string', multiple: true },
  enable: { type: 'boolean' },
  disable: { type: 'boolean' },
  clear: { type: 'boolean' },
} as const

/** Says who may call a function, in place of its bundle, or takes that back. */
export async function accessSet(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = readArguments(args, OPTIONS)
  const key = onlyOne(positionals, 'access set: expected one FUNCTION, by its name or URI')
  const type = readType(values.type)
  const change = readChange(values)
  await atGateway(program, values.endpoint, async ({ catalog }, endpointId) => {
    const name = await findSettable(catalog, endpointId, { key, type })
    const set = await catalog.setOverride({ endpointId, ...name, ...change, actor: CLI_ACTOR })
    program.stdout.write(`${toLabel(name)} at endpoint ${endpointId}: ${toSetText(set)}\n`)
  })
}

interface Given {
  readonly allow?: string[] | undefined
  readonly deny?: string[] | undefined
  readonly enable?: boolean | undefined
  readonly disable?: boolean | undefined
  readonly clear?: boolean | undefined
}

function readChange(given: Given): Pick<OverrideChange, 'status' | 'access'> {
  const { allow, deny, enable, disable, clear } = given
  const others = [allow, deny, enable, disable].filter((each) => each !== undefined)
  if (clear && others.length > 0)
    throw new UsageError('--clear: expected by itself, since it takes back everything')
  if (clear) return { status: 'active', access: null }
  if (others.length === 0)
    throw new UsageError('access set: expected --allow, --deny, --disable, --enable or --clear')
  if (enable && disable) throw new UsageError('--enable: expected without --disable')
  return { ...readStatus(given), ...readRules(given) }
}

function readStatus({ enable, disable }: Given): Pick<OverrideChange, 'status'> {
  if (enable) return { status: 'active' }
  return disable ? { status: 'disabled' } : {}
}

/** Those that are typed are all that there are then. */
function readRules({ allow, deny }: Given): Pick<OverrideChange, 'access'> {
  if (allow === undefined && deny === undefined) return {}
  refuseWrong('allow', allow)
  refuseWrong('deny', deny)
  return { access: { ...(allow && { allow }), ...(deny && { deny }) } }
}

function refuseWrong(list: string, rules: readonly string[] = []): void {
  if (rules.length > MAX_ACCESS_RULES)
    throw new UsageError(`--${list}: expected at most ${MAX_ACCESS_RULES} of them`)
  if (!rules.every(isAccessRule)) throw new UsageError(`--${list}: expected ${ACCESS_RULE}`)
}

/** One that is there, or for which something is set: a name that is mistyped would guard nothing. */
async function findSettable(
  catalog: OpenGateway['catalog'],
  endpointId: EndpointId,
  { key, type }: { key: string; type: McpType | undefined },
): Promise<FunctionName> {
  const [snapshot, overrides] = await Promise.all([
    catalog.snapshot(endpointId),
    catalog.overrides(endpointId),
  ])
  const isMeant = (name: FunctionName) =>
    name.key === key && (type === undefined || name.mcpType === type)
  const found = findNamed(snapshot, key, type)
  const name = onlyNamed(found.length > 0 ? found : overrides.filter(isMeant))
  if (name !== undefined) return { mcpType: name.mcpType, key }
  throw new GatewayError(
    'FUNCTION_NOT_FOUND',
    `There is no function ${toPrintable(key)} at endpoint ${endpointId}`,
  )
}

function toSetText(set: FunctionOverride | undefined): string {
  if (set === undefined) return 'as its bundle says'
  const rules = set.access === undefined ? 'rules of its bundle' : toRuleText(set.access)
  return `${set.status}, ${rules}`
}
