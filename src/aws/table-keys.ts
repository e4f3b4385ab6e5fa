/** How rows are keyed and objects are named. The tenant is part of every key. */
import { createHash } from 'node:crypto'
import { v5 as uuidV5 } from 'uuid'
import type { BundleRef } from '../domain/bundle-ref.js'
import type { CallStatus } from '../domain/call.js'
import { GATEWAY_HOME } from '../domain/caller.js'
import type { McpType } from '../domain/capability.js'
import type { StateKey } from '../domain/state-store.js'
import type { EndpointId } from '../domain/tenant.js'

/** A global index on calls: its partition key; the sort key is the call's id. */
export interface CallIndex {
  readonly name: string
  readonly partitionKey: string
}

export const CALL_INDEXES = [
  { name: 'by_function', partitionKey: 'function_key' },
  { name: 'by_user', partitionKey: 'user_key' },
  { name: 'failures', partitionKey: 'failure_key' },
] as const satisfies readonly CallIndex[]

export interface CallKey {
  readonly endpoint_id: string
  readonly mcp_function_call_uuid: string
}

/** What decides in which index partitions a call is found. */
export interface IndexedCall {
  readonly endpointId: EndpointId
  readonly mcpType: McpType
  readonly name: string
  readonly userId: string
  readonly status: CallStatus
}

/** Statuses that the sparse index of failures holds. */
const FAILURES: ReadonlySet<CallStatus> = new Set(['failed', 'timed_out'])

/** DynamoDB allows 2,048 bytes in a partition key; a longer name or user is keyed by its hash. */
const MAX_KEY_PART_BYTES = 900

/** Namespace of this product's name-based ids; changing it would orphan every function's row. */
const FUNCTION_NAMESPACE = '6f0a3f2e-5d0c-4b52-9a3c-2f1d8c7b9e14'

/**
 * The row of a call.
 *
 * @param shard two hex digits for a tenant whose calls are spread over several partitions
 */
export function callKey(endpointId: EndpointId, callId: string, shard?: string): CallKey {
  return { endpoint_id: callPartitionKey(endpointId, shard), mcp_function_call_uuid: callId }
}

/** Where the table of calls has those of an endpoint. */
export function callPartitionKey(endpointId: EndpointId, shard?: string): string {
  return withShard(endpointId, shard)
}

/** The index attributes of a call; `failure_key` only where it failed or runs: that index is sparse. */
export function callIndexKeys(call: IndexedCall, shard?: string): Record<string, string> {
  const { endpointId, mcpType, name, userId, status } = call
  return {
    function_key: functionCallsKey(endpointId, { mcpType, name }, shard),
    user_key: userCallsKey(endpointId, userId, shard),
    ...(FAILURES.has(status) && { failure_key: failedCallsKey(endpointId, shard) }),
    ...(status === 'in_process' && { failure_key: runningCallsKey(endpointId, shard) }),
  }
}

/** Where the index `by_function` has the calls of one function. */
export function functionCallsKey(
  endpointId: EndpointId,
  { mcpType, name }: Pick<IndexedCall, 'mcpType' | 'name'>,
  shard?: string,
): string {
  return withShard(`${endpointId}#${mcpType}#${bounded(name)}`, shard)
}

/** Where the index `by_user` has the calls of one user. */
export function userCallsKey(endpointId: EndpointId, userId: string, shard?: string): string {
  return withShard(`${endpointId}#${bounded(userId)}`, shard)
}

/** Where the index `failures` has the calls of an endpoint that failed. */
export function failedCallsKey(endpointId: EndpointId, shard?: string): string {
  return withShard(endpointId, shard)
}

/** The same index, apart from them: calls that run, so that those left behind are found. */
export function runningCallsKey(endpointId: EndpointId, shard?: string): string {
  return withShard(`${endpointId}#running`, shard)
}

/** The same function of an endpoint has the same id for ever: a lookup needs no index. */
export function functionUuid(endpointId: EndpointId, mcpType: McpType, nameOrUri: string): string {
  return uuidV5(`${mcpType}#${nameOrUri}`, uuidV5(endpointId, FUNCTION_NAMESPACE))
}

/** The row of a small thing with a lifetime; an id that a client made up may be of any length. */
export function stateKey({ endpointId, kind, id }: StateKey) {
  return { endpoint_id: endpointId, state_key: `${kind}#${bounded(id)}` }
}

/** The row of an endpoint in the list of endpoints, which belongs to the gateway as a whole. */
export function endpointListKey(endpointId: string) {
  return { endpoint_id: GATEWAY_HOME, state_key: `${ENDPOINT_LIST_PREFIX}${endpointId}` }
}

export const ENDPOINT_LIST_PREFIX = 'endpointlist#'

/** Row of a package's switch in the modules table; no module name begins with `@`. */
export function packageKey(packageName: string): string {
  return `${PACKAGE_PREFIX}${packageName}`
}

export const PACKAGE_PREFIX = '@'

/**
 * Row beside the packages' switches, read with them, of what operators have set for an endpoint's
 * functions; no package's name begins with `!`.
 */
export const OVERRIDES_KEY = `${PACKAGE_PREFIX}!overrides`

export function bundleZipKey(ref: BundleRef): string {
  return `${bundlePath(ref)}.zip`
}

export function bundleDefinitionsKey(ref: BundleRef): string {
  return `${bundlePath(ref)}.json`
}

/** Begins the keys of all bundles of an endpoint, and of no other. */
export function bundleFolder(endpointId: string): string {
  return `bundles/${segment(endpointId)}/`
}

/** Where the arguments and content of a call lie that are too large for its row. */
export function callContentKey(endpointId: EndpointId, callId: string): string {
  return `mcp_content/${segment(endpointId)}/${segment(callId)}.json`
}

/** A bundle on its way; what lies there for a day was given up, and a rule of the bucket removes it. */
export function uploadObjectKey(endpointId: EndpointId, uploadId: string): string {
  return `${UPLOAD_PREFIX}${segment(endpointId)}/${segment(uploadId)}`
}

export const UPLOAD_PREFIX = 'uploads/'

function bundlePath({ endpointId, packageName, sha256 }: BundleRef): string {
  return `${bundleFolder(endpointId)}${segment(packageName)}/${segment(sha256)}`
}

/** One path segment whatever the text holds: no name can reach into another tenant's folder. */
function segment(text: string): string {
  const encoded = encodeURIComponent(text)
  return /^\.+$/.test(encoded) ? encoded.replaceAll('.', '%2E') : encoded
}

function withShard(key: string, shard: string | undefined): string {
  return shard === undefined ? key : `${key}#${shard}`
}

function bounded(text: string): string {
  if (Buffer.byteLength(text) <= MAX_KEY_PART_BYTES) return text
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}
