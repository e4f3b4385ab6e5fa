import type { CatalogFunction } from '../catalog/catalog.js'
import { GatewayError, type GatewayErrorCode } from '../domain/errors.js'
import { checkParamHeaders, type JsonObject } from '../protocol/protocol.js'
import type { Log } from '../telemetry/telemetry.js'
import type { Handler, Visible } from './handler.js'
import type { RunFunction } from './run-function.js'
import { demandTasks } from './tasks-extension.js'

/** Failures that the model should read and may act on; the others are errors of the protocol. */
const TOOL_ERRORS: ReadonlySet<GatewayErrorCode> = new Set([
  'INVALID_PARAMS',
  'FUNCTION_FAILED',
  'CALL_TIMED_OUT',
  'CPU_EXCEEDED',
  'RESULT_TOO_LARGE',
  'OUTPUT_INVALID',
])

export function createCallTool(
  visible: Visible,
  runFunction: RunFunction,
  log: Log,
): Handler<'tools/call'> {
  return async (caller, request, exchange) => {
    const { name, arguments: args = {} } = request.params
    const fn = (await visible(caller)).find('tool', name)
    if (fn === undefined) throw new GatewayError('FUNCTION_NOT_FOUND', `Unknown tool: ${name}`)
    if (request.paramHeaders !== undefined)
      checkParamHeaders(fn.data['inputSchema'], args, request.paramHeaders)
    if (fn.background?.taskSupport === 'required') demandTasks(request)
    return runFunction({
      caller,
      request,
      fn,
      input: args,
      exchange,
      checkInput: () => refuseInvalid(fn, args),
      checkResult: (result) => refuseWrongOutput(fn, result, log),
      toFailedResult: toToolError,
    })
  }
}

function refuseInvalid(fn: CatalogFunction, args: JsonObject): void {
  const problems = fn.inputProblems(args)
  if (problems.length > 0)
    throw new GatewayError('INVALID_PARAMS', `Invalid arguments: ${problems.join('; ')}`)
}

/** A tool that declares `outputSchema` must keep to it, unless it reports an error. */
function refuseWrongOutput(fn: CatalogFunction, result: JsonObject, log: Log): void {
  if (result['isError'] === true) return
  const problems = fn.outputProblems(result['structuredContent'])
  if (problems.length === 0) return
  const { endpointId } = fn.target.bundle
  log.warn({ endpointId, tool: fn.name, problems }, 'a tool broke its own outputSchema')
  throw new GatewayError(
    'OUTPUT_INVALID',
    `The tool's answer does not fit its own outputSchema: ${problems.join('; ')}`,
  )
}

function toToolError(error: Error): JsonObject | undefined {
  if (!(error instanceof GatewayError) || !TOOL_ERRORS.has(error.code)) return undefined
  return { content: [{ type: 'text', text: error.message }], isError: true }
}
