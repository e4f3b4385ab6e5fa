/** An event within bounds: whatever a client made up in it stays short, and is plain JSON. */
import type { AuditEvent } from './audit.js'

interface Bounds {
  readonly chars: number
  readonly items: number
}

const BOUNDS: Bounds = { chars: 256, items: 20 }

/** Of what was and what is: whole descriptions and lists, so that what differs shows. */
const CHANGE_BOUNDS: Bounds = { chars: 600, items: 100 }

/** What has more UTF-8 bytes than this as JSON, by those bounds, keeps to the others. */
const MAX_CHANGE_BYTES = 64 * 1024

const MAX_DEPTH = 4

export function clipEvent(event: AuditEvent): AuditEvent {
  const { endpointId, actor, action, target, address, detail, before, after } = event
  return {
    endpointId,
    actor: clipText(actor),
    action: clipText(action),
    ...(target !== undefined && { target: clipText(target) }),
    ...(address !== undefined && { address: clipText(address) }),
    ...(detail !== undefined && { detail: clipObject(detail, MAX_DEPTH, BOUNDS) }),
    ...(before !== undefined && { before: clipChange(before) }),
    ...(after !== undefined && { after: clipChange(after) }),
  }
}

function clipChange(value: unknown): unknown {
  const clipped = clipValue(value, MAX_DEPTH, CHANGE_BOUNDS)
  if (Buffer.byteLength(JSON.stringify(clipped)) <= MAX_CHANGE_BYTES) return clipped
  return clipValue(value, MAX_DEPTH, BOUNDS)
}

function clipText(text: string, { chars }: Bounds = BOUNDS): string {
  // A character of two parts is not torn: its first half is no text.
  return text.length <= chars ? text : text.slice(0, chars).replace(/[\uD800-\uDBFF]$/, '')
}

function clipObject(value: object, depth: number, bounds: Bounds): Record<string, unknown> {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(
    entries
      .slice(0, bounds.items)
      .map(([name, member]) => [clipText(name), clipValue(member, depth - 1, bounds)]),
  )
}

function clipValue(value: unknown, depth: number, bounds: Bounds): unknown {
  if (typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'string') return clipText(value, bounds)
  if (typeof value !== 'object') return typeof value
  if (depth <= 0) return '…'
  if (Array.isArray(value))
    return value.slice(0, bounds.items).map((each) => clipValue(each, depth - 1, bounds))
  return clipObject(value, depth, bounds)
}
