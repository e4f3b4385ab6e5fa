/** Changes what is said of an endpoint and how its calls are recorded. */
import { MAX_SHARDS, type RecordSettings } from '../calls/calls.js'
import {
  type Guarded,
  type ListedEndpoint,
  MAX_DESCRIPTION_CHARS,
} from '../catalog/administration.js'
import { GatewayError } from '../domain/errors.js'
import { isPointer, MAX_POINTERS, POINTER_RULE } from '../domain/json-pointer.js'
import type { ManagementContext } from './context.js'
import { guardedBy } from './guarded-by.js'
import { invalid } from './input.js'
import type { UpdateEndpointInput } from './schema-types.js'
import type { EndpointSource } from './sources.js'

/**
 * What can be refused is looked at first. Then the recording is written, then the description with the
 * time of both: where that fails, or somebody else was faster, the recording stands, the audit says so,
 * and the same can be asked for again.
 *
 * @throws GatewayError `INVALID_PARAMS`, `CONFLICT`
 */
export async function updateEndpoint(
  context: ManagementContext,
  input: UpdateEndpointInput,
): Promise<EndpointSource> {
  const { calls, endpoints } = context.parts
  const guarded = guardedBy(context, input)
  const { endpointId, ifUpdatedAt } = guarded
  const [recording, entry] = await Promise.all([
    calls.settings(endpointId),
    endpoints.read(endpointId),
  ])
  const description = input.description ?? undefined
  const wanted = readRecording(input, recording)
  refuseLong(description)
  if (ifUpdatedAt !== undefined && ifUpdatedAt !== entry?.updatedAt) throw changedSince()
  const before = { entry, recording }
  const changed = wanted === undefined ? recording : await calls.changeSettings(endpointId, wanted)
  const note = (listed: ListedEndpoint | undefined) =>
    noteUpdate(context, guarded, { before, after: { entry: listed, recording: changed } })
  try {
    const listed = await endpoints.describe({ ...guarded, description })
    note(listed)
    return { endpointId, listed }
  } catch (error) {
    if (wanted !== undefined) note(entry)
    throw error
  }
}

interface Described {
  readonly entry: ListedEndpoint | undefined
  readonly recording: RecordSettings
}

function noteUpdate(
  { parts: { audit }, address }: ManagementContext,
  { endpointId, actor }: Pick<Guarded, 'endpointId' | 'actor'>,
  { before, after }: { readonly before: Described; readonly after: Described },
): void {
  const action = 'endpoint.updated'
  const change = { before: toShown(before), after: toShown(after) }
  audit.note({ endpointId, actor, action, target: endpointId, address, ...change })
}

function refuseLong(description = ''): void {
  if (description.length > MAX_DESCRIPTION_CHARS)
    throw invalid(`description: must have at most ${MAX_DESCRIPTION_CHARS} characters`)
}

function changedSince(): GatewayError {
  return new GatewayError(
    'CONFLICT',
    'The endpoint was changed since you read it; read it and try again',
  )
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

/** With the time, which tells changes apart that look the same. */
function toShown({ entry, recording: { shards, redact } }: Described) {
  const { description, updatedAt } = entry ?? {}
  return { description, updatedAt, callShards: shards, redact }
}
