/** What an operator says of a function, checked as the manifest of a bundle is. */
import type { FunctionDefinition } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import { isDeeperThan } from '../domain/json.js'
import type { SingleFunction } from '../manifest/single-function.js'
import type { FunctionToDefine } from './administration.js'
import { schemaProblems } from './json-schema.js'
import { keyOf } from './operator-functions.js'
import { templateProblems } from './uri-template.js'

/** Of JSON: all of an endpoint's are in the memory of every instance. */
const MAX_DATA_BYTES = 64 * 1024
/** As in manifests. */
const MAX_DEPTH = 90

/**
 * @param before what is to be changed
 * @throws GatewayError `INVALID_PARAMS`; `data.problems` holds one sentence each, beginning with the field
 */
export async function readDefinition(
  fn: FunctionToDefine,
  before: FunctionDefinition | undefined,
): Promise<FunctionDefinition> {
  const given = withWhatStays(fn, before)
  assertSize(given.data)
  // Manifests are checked by few processes, and rarely.
  const { examineFunction } = await import('../manifest/single-function.js')
  const { definition, problems } = examineFunction(given, { schemaProblems, templateProblems })
  if (definition === undefined) throw invalid(problems)
  if (keyOf(definition).key === fn.key) return definition
  throw invalid([`data: is of "${keyOf(definition).key}", and it is to be "${fn.key}"`])
}

const NOTHING: Omit<SingleFunction, 'mcpType'> = {
  data: {},
  moduleName: '',
  className: '',
  functionName: '',
  isAsync: false,
}

/** What is absent stays; null takes back. */
function withWhatStays(
  { mcpType, data, target, isAsync, ...fn }: FunctionToDefine,
  before: FunctionDefinition | undefined,
): SingleFunction {
  const stays = { ...NOTHING, ...before, ...target }
  const { access = before?.access, redact = before?.redact } = fn
  const { moduleName, className, functionName } = stays
  return {
    mcpType,
    data: data ?? stays.data,
    moduleName,
    className,
    functionName,
    isAsync: isAsync ?? stays.isAsync,
    ...(access && { access }),
    ...(redact && { redact }),
  }
}

function assertSize(data: unknown): void {
  if (isDeeperThan(MAX_DEPTH, data))
    throw invalid([`data: is nested deeper than ${MAX_DEPTH} levels`])
  if (Buffer.byteLength(JSON.stringify(data)) > MAX_DATA_BYTES)
    throw invalid([`data: has more than ${MAX_DATA_BYTES} bytes of JSON`])
}

function invalid(problems: readonly string[]): GatewayError {
  return new GatewayError('INVALID_PARAMS', problems.join('\n'), { data: { problems } })
}
