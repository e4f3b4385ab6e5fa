/** Changes what is said of an endpoint and how its calls are recorded, both or neither. */
import { MAX_SHARDS, type RecordSettings } from '../calls/calls.js'
import { GatewayError } from '../domain/errors.js'
import { isPointer, MAX_POINTERS, POINTER_RULE } from '../domain/json-pointer.js'
import type { ManagementContext } from './context.js'
import { guardedBy } from './guarded-by.js'
import type { UpdateEndpointInput } from './schema-types.js'
import type { EndpointSource } from './sources.js'

/**
 * What can be refused is looked at first; then the description is written, which is refused where the
 * endpoint was changed since; the recording comes last.
 *
 * @throws GatewayError `INVALID_PARAMS`, `CONFLICT`
 */
export async function updateEndpoint(
  context: ManagementContext,
  input: UpdateEndpointInput,
): Promise<EndpointSource> {
  const { calls, endpoints, audit } = context.parts
  const guarded = guardedBy(context, input)
  const { endpointId, actor } = guarded
  const [recording, entry] = await Promise.all([
    calls.settings(endpointId),
    endpoints.read(endpointId),
  ])
  const wanted = readRecording(input, recording)
  const description = input.description ?? undefined
  const listed = await endpoints.describe({ ...guarded, description })
  const changed = wanted === undefined ? recording : await calls.changeSettings(endpointId, wanted)
  audit.note({
    endpointId,
    actor,
    action: 'endpoint.updated',
    target: endpointId,
    address: context.address,
    before: toShown(entry, recording),
    after: toShown(listed, changed),
  })
  return { endpointId, listed }
}

/** @returns undefined where it stays as it is */
function readRecording(
  { callShards, redact }: UpdateEndpointInput,
  before: RecordSettings,
): Partial<RecordSettings> | undefined {
  const shards = callShards ?? undefined
  if (shards !== undefined) refuseShards(shards, before)
  if (redact) refusePointers(redact)
  if (shards === undefined && !redact) return undefined
  return { ...(shards !== undefined && { shards }), ...(redact && { redact }) }
}

function refuseShards(shards: number, { shards: least }: RecordSettings): void {
  if (shards < 1 || shards > MAX_SHARDS)
    throw invalid(`callShards: must be from 1 to ${MAX_SHARDS}`)
  if (shards < least)
    throw invalid(`callShards: must be at least ${least}: calls lie in as many already`)
}

function refusePointers(pointers: readonly string[]): void {
  if (pointers.length > MAX_POINTERS)
    throw invalid(`redact: may have at most ${MAX_POINTERS} pointers`)
  if (!pointers.every(isPointer)) throw invalid(`redact: each must be ${POINTER_RULE}`)
}

interface Described {
  readonly description?: string | undefined
  readonly updatedAt: string
}

/** With the time, which tells changes apart that look the same. */
function toShown(entry: Described | undefined, { shards, redact }: RecordSettings) {
  const { description, updatedAt } = entry ?? {}
  return { description, updatedAt, callShards: shards, redact }
}

function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_PARAMS', message)
}
