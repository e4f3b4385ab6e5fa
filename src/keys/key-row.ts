/** A key as the state store has it. */
import { z } from 'zod'
import { ROLES } from '../domain/caller.js'
import type { StateKey } from '../domain/state-store.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ApiKey } from './keys.js'

export const KeyValue = z.object({
  userId: z.string(),
  name: z.string(),
  roles: z.array(z.enum(ROLES)),
  functions: z.array(z.string()).optional(),
  epoch: z.int(),
  /** SHA-256 of the secret. */
  hash: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  lastUsedAt: z.string().optional(),
})

export function toApiKey(
  { endpointId: home, id: keyId }: Pick<StateKey, 'endpointId' | 'id'>,
  { value, expiresAt }: { readonly value: unknown; readonly expiresAt: number },
): { key: ApiKey; hash: string } {
  const { hash, ...rest } = KeyValue.parse(value)
  return { key: { home, keyId, ...rest, expiresAt }, hash }
}

export function keyRow(home: EndpointId, keyId: string): StateKey {
  return { endpointId: home, kind: 'apikey', id: keyId }
}
