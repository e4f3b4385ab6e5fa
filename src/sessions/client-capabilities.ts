/** A client's `capabilities` → the flags that are known here, and these as bits. */
import { isJsonObject, type JsonObject } from '../domain/json.js'
import { CLIENT_CAPABILITIES, type ClientCapability } from '../domain/session.js'

const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks'

/** Anything but an object declares nothing. */
export function readCapabilities(declared: JsonObject): ReadonlySet<ClientCapability> {
  const sampling = objectIn(declared, 'sampling')
  const elicitation = objectIn(declared, 'elicitation')
  const roots = objectIn(declared, 'roots')
  const hasUrl = elicitation !== undefined && has(elicitation, 'url')
  const found: Readonly<Record<ClientCapability, boolean>> = {
    sampling: sampling !== undefined,
    'sampling.tools': sampling !== undefined && has(sampling, 'tools'),
    'sampling.context': sampling !== undefined && has(sampling, 'context'),
    elicitation: elicitation !== undefined,
    // Before there were modes, an empty object meant forms; it still does.
    'elicitation.form': elicitation !== undefined && (has(elicitation, 'form') || !hasUrl),
    'elicitation.url': hasUrl,
    roots: roots !== undefined,
    'roots.listChanged': roots?.['listChanged'] === true,
    'extension.tasks': has(objectIn(declared, 'extensions') ?? {}, TASKS_EXTENSION),
  }
  return new Set(CLIENT_CAPABILITIES.filter((capability) => found[capability]))
}

export function toCapabilityBits(capabilities: ReadonlySet<ClientCapability>): number {
  let bits = 0
  for (const [at, capability] of CLIENT_CAPABILITIES.entries())
    if (capabilities.has(capability)) bits |= 1 << at
  return bits
}

export function fromCapabilityBits(bits: number): ReadonlySet<ClientCapability> {
  return new Set(CLIENT_CAPABILITIES.filter((_capability, at) => (bits & (1 << at)) !== 0))
}

function has(object: JsonObject, member: string): boolean {
  return objectIn(object, member) !== undefined
}

function objectIn(object: JsonObject, member: string): JsonObject | undefined {
  const value = Object.hasOwn(object, member) ? object[member] : undefined
  return isJsonObject(value) ? value : undefined
}
