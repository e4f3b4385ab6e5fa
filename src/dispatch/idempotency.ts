/**
 * One call for one key: whoever asks again with the key of an earlier call of theirs gets what came
 * of that one, also while it still runs, and through any instance.
 */
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { Calls } from '../calls/calls.js'
import { CALL_ID_META, type CallRecord, isLeftBehind } from '../domain/call.js'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { isJsonObject, type JsonObject } from '../domain/json.js'
import type { StateKey, StateStore } from '../domain/state-store.js'
import { isKnownCode } from '../protocol/protocol.js'
import type { Log } from '../telemetry/telemetry.js'
import type { Ending, Run } from './execute.js'
import { toRoundContext } from './round-context.js'

export interface IdempotencyParts {
  readonly calls: Calls
  readonly state: StateStore
  readonly clock: Clock
  readonly log: Log
  /** How long a function may run while its caller waits, in milliseconds. */
  readonly callTimeoutMs: number
}

/** A call that is the first one of its key, or has none. Never throws: see `waitFor`. */
export interface Claim {
  /** Nothing came of it that another call could be answered with: the key is free again. */
  release(): Promise<void>
  /** The same, where its end is of that kind. */
  settle(ending: Ending): Promise<void>
}

export interface Idempotency {
  /** @returns the id of the earlier call with this key, where there is one */
  claim(run: Run, call: ClaimingCall): Promise<Claim | { readonly earlier: string }>
  /**
   * What the caller of an earlier call was answered, once it has ended or goes on as a task.
   *
   * @returns undefined when the key is free again
   * @throws GatewayError what it failed with; `INTERRUPTED` when its instance is gone; `BUSY` when
   * it does not end for as long as a call may take
   */
  repeat(run: Run, earlier: EarlierCall): Promise<JsonObject | undefined>
}

export interface ClaimingCall {
  readonly callId: string
  /** When it has to have ended, or to go on in the background: milliseconds since 1970. */
  readonly deadline: number
}

export interface EarlierCall {
  readonly callId: string
  /** Its handle, if it goes on in the background: it may do so only in a moment. */
  readonly findHandle: () => Promise<JsonObject | undefined>
}

const DAY_MS = 24 * 60 * 60 * 1000

const FIRST_LOOK_MS = 25
const LONGEST_LOOK_MS = 1000

/** Its function has not run. */
const NOT_RUN: ReadonlySet<string> = new Set(['BUSY', 'BUNDLE_UNAVAILABLE'])

const Claimed = z.object({ callId: z.string(), request: z.string(), deadline: z.number() })

const unclaimed: Claim = { release: async () => undefined, settle: async () => undefined }

export function createIdempotency(parts: IdempotencyParts): Idempotency {
  const { state, clock } = parts
  return {
    async claim(run, { callId, deadline }) {
      const key = keyOf(run)
      if (key === undefined) return unclaimed
      const request = digestOf(run)
      for (;;) {
        const item = { value: { callId, request, deadline }, expiresAt: clock.now() + DAY_MS }
        if (await state.create(key, item)) return claimOf(parts, key, callId)
        const stored = await state.read(key)
        // It was freed between the two.
        if (stored === undefined) continue
        const claimed = Claimed.parse(stored.value)
        if (claimed.request !== request) throw otherRequest()
        return { earlier: claimed.callId }
      }
    },

    async repeat(run, earlier) {
      const key = keyOf(run)
      return key && waitFor(parts, run, { key, ...earlier })
    },
  }
}

async function waitFor(
  parts: IdempotencyParts,
  { caller, exchange }: Run,
  { key, callId, findHandle }: EarlierCall & { readonly key: StateKey },
): Promise<JsonObject | undefined> {
  const { calls, state, clock, callTimeoutMs } = parts
  const waitsUntil = clock.now() + callTimeoutMs
  for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(lookMs * 2, LONGEST_LOOK_MS)) {
    const handle = await findHandle()
    if (handle !== undefined) return handle
    const call = await calls.read(caller.endpointId, callId)
    if (call !== undefined && call.status !== 'in_process') {
      if (holdsKey(call)) return withCallId(resultOf(call), callId)
      // Its instance is about to free the key, or has gone before it could.
      await free(parts, key, callId)
      return undefined
    }
    const claimed = Claimed.safeParse((await state.read(key))?.value).data
    if (claimed?.callId !== callId) return undefined
    if (isLeftBehind(claimed.deadline, clock.now())) throw interrupted(callId)
    if (clock.now() >= waitsUntil) throw stillRuns(callId)
    await delay(lookMs, undefined, { signal: exchange.signal }).catch(() => {
      throw new GatewayError('CALL_CANCELLED', 'The request was cancelled')
    })
  }
}

function claimOf(parts: IdempotencyParts, key: StateKey, callId: string): Claim {
  const release = () =>
    free(parts, key, callId).catch((error: unknown) => {
      parts.log.warn({ err: error, callId }, 'the idempotency key of a call could not be freed')
    })
  return {
    release,
    settle: async (ending) => {
      if (!holdsKey(ending)) await release()
    },
  }
}

/** Its questions are asked again: what answered them is not kept. */
function holdsKey({ status, error }: Pick<CallRecord, 'status' | 'error'>): boolean {
  return status !== 'input_required' && !NOT_RUN.has(error?.code ?? '')
}

/** Whoever does it, and however late: a key that another call has by then stays as it is. */
async function free(
  { state, clock }: IdempotencyParts,
  key: StateKey,
  callId: string,
): Promise<void> {
  const stored = await state.read(key)
  if (stored === undefined || stored.value['callId'] !== callId) return
  await state.replace(key, stored.version, { value: stored.value, expiresAt: clock.now() })
}

/** Every round of a conversation is a request of its own. */
function keyOf({ caller, request }: Run): StateKey | undefined {
  const { idempotencyKey, params } = request
  if (idempotencyKey === undefined) return undefined
  const id = JSON.stringify([caller.userId, idempotencyKey, params.requestState ?? ''])
  return { endpointId: caller.endpointId, kind: 'idempotency', id: sha256(id) }
}

function digestOf(run: Run): string {
  const { inputResponses = {} } = run.request.params
  return sha256(`${toRoundContext(run)}\n${JSON.stringify(inputResponses)}`)
}

/** As the caller of a call is answered. */
export function withCallId(result: JsonObject, callId: string): JsonObject {
  const meta = isJsonObject(result['_meta']) ? result['_meta'] : {}
  return { ...result, _meta: { ...meta, [CALL_ID_META]: callId } }
}

function resultOf({ callId, content, error }: CallRecord): JsonObject {
  if (isJsonObject(content)) return content
  const { code = 'INTERNAL', message = 'Internal error' } = error ?? {}
  if (isKnownCode(code)) throw new GatewayError(code, message)
  throw new Error(`call ${callId} has failed already, with an unknown error`)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

function otherRequest(): GatewayError {
  return new GatewayError(
    'INVALID_PARAMS',
    'The idempotency key was used for another request: every call needs a key of its own',
  )
}

function interrupted(callId: string): GatewayError {
  return new GatewayError(
    'INTERRUPTED',
    `Call ${callId}, the first one with this idempotency key, was interrupted or not recorded: what came of it is not known`,
  )
}

function stillRuns(callId: string): GatewayError {
  return new GatewayError(
    'BUSY',
    `Call ${callId}, the first one with this idempotency key, has not ended yet; try again`,
  )
}
