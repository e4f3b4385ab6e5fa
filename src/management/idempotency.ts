/** A mutation under a key is done once within a day, also when it arrives twice at once. */
import { createHash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { GatewayError } from '../domain/errors.js'
import type { StateKey } from '../domain/state-store.js'
import type { ManagementContext } from './context.js'

/** What is kept of a payload, by field. */
export type Receipt = Readonly<
  Record<string, { readonly id: string } | { readonly value?: unknown }>
>

const Kept = z.object({
  /** Of the input, sealed: another one under the same key is a mistake. */
  input: z.string(),
  /** Of the run that does it, or has done it. */
  run: z.string(),
  /** Absent while it is being done. */
  receipt: z
    .record(z.string(), z.union([z.object({ id: z.string() }), z.object({ value: z.unknown() })]))
    .optional(),
})

const DAY_MS = 86_400_000
/** One whose instance died meanwhile can be tried again after this. */
const UNDER_WAY_MS = 120_000
/** How often a run that goes on says so. */
const RENEW_MS = 60_000
const MAX_KEY_CHARS = 200

export interface Keyed {
  readonly mutation: string
  readonly key: string
  readonly input: unknown
}

export interface Work<Payload> {
  perform(): Promise<Payload>
  toReceipt(payload: Payload): Receipt
  fromReceipt(receipt: Receipt): Promise<Payload>
}

/**
 * @throws GatewayError `INVALID_PARAMS` for a key that was used with another input, or is none;
 * `CONFLICT` while the first is under way
 */
export async function doOnce<Payload>(
  context: ManagementContext,
  keyed: Keyed,
  work: Work<Payload>,
): Promise<Payload> {
  if (keyed.key.length < 1 || keyed.key.length > MAX_KEY_CHARS)
    throw new GatewayError(
      'INVALID_PARAMS',
      `idempotencyKey: must have 1 to ${MAX_KEY_CHARS} characters`,
    )
  const { state, clock, sealer } = context.parts
  const key = stateKey(context, keyed)
  const inputHash = hashOf([keyed.key, keyed.input])
  // There may be a password in the input, and the key may be one that is guessed.
  const claim = { input: sealer.seal(inputHash, key.id), run: randomUUID() }
  const begun = await state.create(key, { value: claim, expiresAt: clock.now() + UNDER_WAY_MS })
  if (!begun) return repeat(context, key, { inputHash, work })
  const stop = renewEvery(RENEW_MS, () =>
    change(context, key, { value: claim, expiresAt: clock.now() + UNDER_WAY_MS }),
  )
  try {
    const payload = await work.perform()
    await stop()
    await keep(context, key, { ...claim, receipt: work.toReceipt(payload) })
    return payload
  } catch (error) {
    await stop()
    // Nothing was done that could be told again: whoever mends it uses the same key.
    await change(context, key, { value: claim, expiresAt: clock.now() }).catch(() => undefined)
    throw error
  }
}

/** What a run has claimed; `run` tells it from what others claim when its time is over. */
interface Claim {
  readonly input: string
  readonly run: string
  readonly receipt?: Receipt
}

interface ClaimItem {
  readonly value: Claim & Readonly<Record<string, unknown>>
  readonly expiresAt: number
}

/** Of no effect where it is no longer the run's own. @returns false then */
async function change(
  { parts: { state } }: ManagementContext,
  key: StateKey,
  item: ClaimItem,
): Promise<boolean> {
  const stored = await state.read(key)
  if (stored === undefined || stored.value['run'] !== item.value.run) return false
  return state.replace(key, stored.version, item)
}

/** @returns stops it, and settles when nothing is being renewed */
function renewEvery(periodMs: number, renew: () => Promise<unknown>): () => Promise<void> {
  let renewing: Promise<unknown> = Promise.resolve()
  // One that fails is tried again in time.
  const begin = () => (renewing = renewing.then(renew).catch(() => undefined))
  const timer = setInterval(begin, periodMs).unref()
  return async () => {
    clearInterval(timer)
    await renewing
  }
}

interface Repeated<Payload> {
  readonly inputHash: string
  readonly work: Work<Payload>
}

async function repeat<Payload>(
  { parts: { state, sealer } }: ManagementContext,
  key: StateKey,
  { inputHash, work }: Repeated<Payload>,
): Promise<Payload> {
  const kept = Kept.safeParse((await state.read(key))?.value).data
  if (kept !== undefined && sealer.open(kept.input, key.id) !== inputHash)
    throw new GatewayError(
      'INVALID_PARAMS',
      'idempotencyKey: was used with another input; take a new one',
    )
  if (kept?.receipt === undefined)
    throw new GatewayError('CONFLICT', 'The same mutation is under way: ask again in a moment')
  return work.fromReceipt(kept.receipt)
}

/** It is done by now: a receipt that cannot be kept is only no longer found under its key. */
async function keep(context: ManagementContext, key: StateKey, claim: Claim): Promise<void> {
  const { state, clock, log } = context.parts
  const item = { value: { ...claim }, expiresAt: clock.now() + DAY_MS }
  try {
    // Where its time was over, and nobody else has begun, the key is free.
    if (!(await change(context, key, item))) await state.create(key, item)
  } catch (err) {
    log.warn({ err, endpointId: key.endpointId }, 'the receipt of a mutation could not be kept')
  }
}

/** Keys are the caller's own. */
function stateKey({ caller }: ManagementContext, { mutation, key }: Keyed): StateKey {
  const { endpointId, userId } = caller
  return { endpointId, kind: 'idempotency', id: `graphql#${hashOf([userId, mutation, key])}` }
}

/** JSON has no numbers of any size. */
function toText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value, toText) ?? '')
    .digest('base64url')
}
