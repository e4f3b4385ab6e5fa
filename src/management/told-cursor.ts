/** Cursors of subscriptions, good for those of one owner only: `{id}.{whose}`. */
import { createHash } from 'node:crypto'
import { GatewayError } from '../domain/errors.js'

interface ToldCursors {
  toCursor(id: string): string
  /** @throws GatewayError `CURSOR_INVALID` for one of another subscription, or none */
  toId(cursor: string): string
}

const CURSOR = /^([^]*)\.([\w-]{16})$/

/** @param scope which subscription, to what of whom */
export function cursorsOf(scope: readonly string[]): ToldCursors {
  const json = JSON.stringify(scope)
  const owner = createHash('sha256').update(json).digest('base64url').slice(0, 16)
  return {
    toCursor: (id) => `${id}.${owner}`,
    toId: (cursor) => {
      const [, id, whose] = CURSOR.exec(cursor) ?? []
      if (id !== undefined && whose === owner) return id
      throw new GatewayError('CURSOR_INVALID', 'after: not a cursor of this subscription')
    },
  }
}
