import { v7 as uuidv7 } from 'uuid'
import { type CatalogFunction, type Snapshot, templateVariables } from '../catalog/catalog.js'
import type { Caller } from '../domain/caller.js'
import type { FunctionTarget } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import type { JsonObject, RequestOf } from '../protocol/protocol.js'
import { FunctionError } from '../runtime/runtime.js'
import type { Exchange, Handler, Visible } from './handler.js'
import { createReporters } from './reporters.js'
import type { RunFunctionParts } from './run-function.js'

type CompleteRequest = RequestOf<'completion/complete'>

export interface CompleteParts extends Pick<
  RunFunctionParts,
  'bundles' | 'executor' | 'subscriptions' | 'clock' | 'callTimeoutMs' | 'limits'
> {
  readonly visible: Visible
}

/**
 * What may stand in a prompt's argument or a template's variable, as its bundle suggests.
 *
 * A client asks at every keystroke and nothing lasting comes of it: completions are not recorded
 * as calls. Its code runs all the same: each has its place among those that run, and is counted,
 * apart from the calls of its function.
 */
export function createComplete(parts: CompleteParts): Handler<'completion/complete'> {
  return async (caller, request, exchange) => {
    const { ref, argument } = request.params
    const { fn, names } = findReferred(await parts.visible(caller), ref)
    if (names !== undefined && !names.includes(argument.name))
      throw invalid('argument.name', `${fn.uri ?? fn.name} declares no "${argument.name}"`)
    const { completion } = fn
    if (completion === undefined) return NOTHING
    const place = await parts.limits?.begin(caller, `completion ${fn.mcpType} ${fn.name}`)
    return run(parts, completion, { caller, request, exchange }).finally(place?.leave)
  }
}

const NOTHING: JsonObject = { completion: { values: [], hasMore: false } }

interface Referred {
  readonly fn: CatalogFunction
  /** What it declares; undefined where there is nothing to complete. */
  readonly names?: readonly string[] | undefined
}

function findReferred(snapshot: Snapshot, ref: JsonObject): Referred {
  if (ref['type'] === 'ref/prompt') return findPrompt(snapshot, ref['name'])
  if (ref['type'] === 'ref/resource') return findResource(snapshot, ref['uri'])
  throw invalid('ref.type', 'must be one of ref/prompt, ref/resource')
}

function findPrompt(snapshot: Snapshot, name: unknown): Referred {
  if (typeof name !== 'string') throw invalid('ref.name', 'must be a string')
  const fn = snapshot.find('prompt', name)
  if (fn === undefined) throw invalid('ref.name', `there is no prompt "${name}"`)
  return { fn, names: argumentNames(fn.data['arguments']) }
}

/** A template is referred to as it is written. */
function findResource(snapshot: Snapshot, uri: unknown): Referred {
  if (typeof uri !== 'string') throw invalid('ref.uri', 'must be a string')
  const template = snapshot.find('resource_template', uri)
  if (template !== undefined) return { fn: template, names: templateVariables(uri) }
  const fn = snapshot.find('resource', uri)
  if (fn === undefined) throw invalid('ref.uri', `there is no resource template "${uri}"`)
  return { fn }
}

function argumentNames(declared: unknown): string[] {
  if (!Array.isArray(declared)) return []
  return declared.flatMap((argument: { name?: unknown } | null) =>
    typeof argument?.name === 'string' ? [argument.name] : [],
  )
}

interface Asked {
  readonly caller: Caller
  readonly request: CompleteRequest
  readonly exchange: Exchange
}

async function run(
  { bundles, executor, subscriptions, clock, callTimeoutMs }: CompleteParts,
  target: FunctionTarget,
  asked: Asked,
): Promise<JsonObject> {
  const { caller, request, exchange } = asked
  const deadline = clock.now() + callTimeoutMs
  const bundle = await bundles.open(target.bundle)
  const job = {
    callId: uuidv7(),
    deadline,
    userId: caller.userId,
    bundle,
    target,
    mcpType: 'completion' as const,
    input: toInput(request),
    signal: exchange.signal,
    trace: request.trace,
    ...createReporters(asked, subscriptions),
  }
  const outcome = await executor.run(job).catch(rethrow)
  if (outcome.kind === 'completed') return outcome.result
  throw new Error('a function that may not ask has asked')
}

/** The first revision in which a client says what it knows already. */
const WITH_CONTEXT = '2025-06-18'

function toInput({ params: { argument, context }, version }: CompleteRequest): JsonObject {
  const known = version < WITH_CONTEXT ? undefined : context?.arguments
  return { argument: { name: argument.name, value: argument.value }, arguments: known ?? {} }
}

function rethrow(error: unknown): never {
  if (!(error instanceof FunctionError)) throw error
  throw new GatewayError('FUNCTION_FAILED', error.message, { cause: error })
}

function invalid(field: string, problem: string): GatewayError {
  return new GatewayError('INVALID_PARAMS', `params.${field}: ${problem}`)
}
