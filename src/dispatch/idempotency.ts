/**
 * One call for one key: whoever asks again with the key of an earlier call of theirs gets what came
 * of that one, also while it still runs, and through any instance.
 */
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { Calls } from '../calls/calls.js'
import type { CallRecord } from '../domain/call.js'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { isJsonObject, type JsonObject } from '../domain/json.js'
import type { StateKey, StateStore } from '../domain/state-store.js'
import { isKnownCode } from '../protocol/protocol.js'
import type { Ending, Run } from './execute.js'
import { toRoundContext } from './round-context.js'

export interface IdempotencyParts {
  readonly calls: Calls
  readonly state: StateStore
  readonly clock: Clock
  /** How long a function may run while its caller waits, in milliseconds. */
  readonly callTimeoutMs: number
}

/** A call that is the first one of its key, or has none. */
export interface Claim {
  /** Nothing came of it that another call could be answered with: the key is free again. */
  release(): Promise<void>
  /** The same, where its end is of that kind. */
  settle(ending: Ending): Promise<void>
}

export interface Idempotency {
  /** @returns the id of the earlier call with this key, where there is one */
  claim(run: Run, callId: string): Promise<Claim | { readonly earlier: string }>
  /**
   * What came of an earlier call, once it has ended.
   *
   * @returns undefined when the key is free again
   * @throws GatewayError what it failed with; `INTERRUPTED` when its instance is gone; `BUSY` when
   * it does not end for as long as a call may take
   */
  repeat(run: Run, callId: string): Promise<JsonObject | undefined>
}

const DAY_MS = 24 * 60 * 60 * 1000

/** From the deadline of a call to its being given up: its record may be on its way. */
const TOLERANCE_MS = 60_000

const FIRST_LOOK_MS = 25
const LONGEST_LOOK_MS = 1000

/** Its function has not run. */
const NOT_RUN: ReadonlySet<string> = new Set(['BUSY', 'BUNDLE_UNAVAILABLE'])

const Claimed = z.object({ callId: z.string(), request: z.string(), deadline: z.number() })

const unclaimed: Claim = { release: async () => undefined, settle: async () => undefined }

export function createIdempotency(parts: IdempotencyParts): Idempotency {
  const { state, clock, callTimeoutMs } = parts
  return {
    async claim(run, callId) {
      const key = keyOf(run)
      if (key === undefined) return unclaimed
      const request = digestOf(run)
      for (;;) {
        const now = clock.now()
        const value = { callId, request, deadline: now + callTimeoutMs }
        if (await state.create(key, { value, expiresAt: now + DAY_MS })) return claimOf(parts, key)
        const stored = await state.read(key)
        // It was freed between the two.
        if (stored === undefined) continue
        const claimed = Claimed.parse(stored.value)
        if (claimed.request !== request) throw otherRequest()
        return { earlier: claimed.callId }
      }
    },

    async repeat(run, callId) {
      const key = keyOf(run)
      return key && waitFor(parts, run, { key, callId })
    },
  }
}

async function waitFor(
  { calls, state, clock, callTimeoutMs }: IdempotencyParts,
  { caller, exchange }: Run,
  { key, callId }: { key: StateKey; callId: string },
): Promise<JsonObject | undefined> {
  const waitsUntil = clock.now() + callTimeoutMs
  for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(lookMs * 2, LONGEST_LOOK_MS)) {
    const call = await calls.read(caller.endpointId, callId)
    if (call !== undefined && call.status !== 'in_process') return resultOf(call)
    const claimed = Claimed.safeParse((await state.read(key))?.value).data
    if (claimed?.callId !== callId) return undefined
    if (claimed.deadline + TOLERANCE_MS < clock.now()) throw interrupted(callId)
    if (clock.now() >= waitsUntil) throw stillRuns(callId)
    await delay(lookMs, undefined, { signal: exchange.signal }).catch(() => {
      throw new GatewayError('CALL_CANCELLED', 'The request was cancelled')
    })
  }
}

function claimOf({ state }: IdempotencyParts, key: StateKey): Claim {
  const release = () => state.remove(key)
  return {
    release,
    settle: async ({ status, error }) => {
      // Its questions are asked again: what answered them is not kept.
      const isOver = status !== 'input_required' && !NOT_RUN.has(error?.code ?? '')
      if (!isOver) await release()
    },
  }
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
