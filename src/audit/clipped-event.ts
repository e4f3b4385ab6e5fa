/** An event within bounds: whatever a client made up in it stays short, and is plain JSON. */
import type { AuditEvent } from './audit.js'

const MAX_CHARS = 256
const MAX_ITEMS = 20
const MAX_DEPTH = 4

export function clipEvent(event: AuditEvent): AuditEvent {
  const { endpointId, actor, action, target, address, detail, before, after } = event
  return {
    endpointId,
    actor: clipText(actor),
    action: clipText(action),
    ...(target !== undefined && { target: clipText(target) }),
    ...(address !== undefined && { address: clipText(address) }),
    ...(detail !== undefined && { detail: clipObject(detail, MAX_DEPTH) }),
    ...(before !== undefined && { before: clipValue(before, MAX_DEPTH) }),
    ...(after !== undefined && { after: clipValue(after, MAX_DEPTH) }),
  }
}

function clipText(text: string): string {
  // A character of two parts is not torn: its first half is no text.
  return text.length <= MAX_CHARS ? text : text.slice(0, MAX_CHARS).replace(/[\uD800-\uDBFF]$/, '')
}

function clipObject(value: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(
    entries
      .slice(0, MAX_ITEMS)
      .map(([name, member]) => [clipText(name), clipValue(member, depth - 1)]),
  )
}

function clipValue(value: unknown, depth: number): unknown {
  if (typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'string') return clipText(value)
  if (typeof value !== 'object') return typeof value
  if (depth <= 0) return '…'
  if (Array.isArray(value))
    return value.slice(0, MAX_ITEMS).map((each) => clipValue(each, depth - 1))
  return clipObject(value, depth)
}
