/** Global ids: what an object is, whose it is, and which. They are opaque, and no secret. */
export const NODE_TYPES = [
  'Endpoint',
  'Module',
  'Package',
  'Function',
  'FunctionCall',
  'Setting',
  'User',
  'ApiKey',
  'BundleVersion',
] as const

export type NodeType = (typeof NODE_TYPES)[number]

export interface GlobalId {
  readonly type: NodeType
  readonly endpointId: string
  /** What names it there, from the outside in. */
  readonly key: readonly string[]
}

export function toGlobalId(type: NodeType, endpointId: string, ...key: readonly string[]): string {
  return Buffer.from(JSON.stringify([type, endpointId, ...key])).toString('base64url')
}

/** @returns undefined for what is no global id */
export function readGlobalId(id: string): GlobalId | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(id, 'base64url').toString('utf8'))
    if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string')) return undefined
    const [type, endpointId, ...key] = parts
    const known = NODE_TYPES.find((each) => each === type)
    return known === undefined || endpointId === undefined
      ? undefined
      : { type: known, endpointId, key }
  } catch {
    return undefined
  }
}
