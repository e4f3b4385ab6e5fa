/** A mutation under a key is done once within a day, also when it arrives twice at once. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { GatewayError } from '../domain/errors.js'
import type { StateKey } from '../domain/state-store.js'
import type { ManagementContext } from './context.js'

/** What is kept of a payload, by field. */
export type Receipt = Readonly<
  Record<string, { readonly id: string } | { readonly value?: unknown }>
>

const Kept = z.object({
  /** Of the input: another one under the same key is a mistake. */
  inputHash: z.string(),
  /** Absent while it is being done. */
  receipt: z
    .record(z.string(), z.union([z.object({ id: z.string() }), z.object({ value: z.unknown() })]))
    .optional(),
})

const DAY_MS = 86_400_000
/** One whose instance died meanwhile can be tried again after this. */
const UNDER_WAY_MS = 120_000
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
  const { state, clock } = context.parts
  const key = stateKey(context, keyed)
  // Salted by the key, which is kept nowhere: there may be a password in the input.
  const inputHash = hashOf([keyed.key, keyed.input])
  const begun = await state.create(key, {
    value: { inputHash },
    expiresAt: clock.now() + UNDER_WAY_MS,
  })
  if (!begun) return repeat(context, key, { inputHash, work })
  try {
    const payload = await work.perform()
    await keep(context, key, { inputHash, receipt: work.toReceipt(payload) })
    return payload
  } catch (error) {
    // Nothing was done that could be told again: whoever mends it uses the same key.
    await state.remove(key).catch(() => undefined)
    throw error
  }
}

interface Repeated<Payload> {
  readonly inputHash: string
  readonly work: Work<Payload>
}

async function repeat<Payload>(
  { parts: { state } }: ManagementContext,
  key: StateKey,
  { inputHash, work }: Repeated<Payload>,
): Promise<Payload> {
  const kept = Kept.safeParse((await state.read(key))?.value).data
  if (kept !== undefined && kept.inputHash !== inputHash)
    throw new GatewayError(
      'INVALID_PARAMS',
      'idempotencyKey: was used with another input; take a new one',
    )
  if (kept?.receipt === undefined)
    throw new GatewayError('CONFLICT', 'The same mutation is under way: ask again in a moment')
  return work.fromReceipt(kept.receipt)
}

/** It is done by now: a receipt that cannot be kept is only no longer found under its key. */
async function keep(
  { parts: { state, clock, log } }: ManagementContext,
  key: StateKey,
  value: { readonly inputHash: string; readonly receipt: Receipt },
): Promise<void> {
  try {
    const stored = await state.read(key)
    if (stored === undefined) return
    await state.replace(key, stored.version, { value, expiresAt: clock.now() + DAY_MS })
  } catch (err) {
    log.warn({ err, endpointId: key.endpointId }, 'the receipt of a mutation could not be kept')
  }
}

/** Keys are the caller's own. */
function stateKey({ caller }: ManagementContext, { mutation, key }: Keyed): StateKey {
  const { endpointId, userId } = caller
  return { endpointId, kind: 'idempotency', id: `graphql#${hashOf([userId, mutation, key])}` }
}

function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('base64url')
}
