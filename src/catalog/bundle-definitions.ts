/**
 * The definitions of bundle versions: one immutable object beside each ZIP, checked when read and
 * remembered, since the same name is the same content for ever.
 */
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Aws } from '../aws/aws.js'
import { getObject, putObjectOnce } from '../aws/objects.js'
import { bundleDefinitionsKey } from '../aws/table-keys.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import {
  type BundleDefinitions,
  type CapabilityData,
  MCP_TYPES,
  TASK_SUPPORT,
} from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import { isJsonObject } from '../domain/json.js'

export interface DefinitionStore {
  /** Writes a version's definitions, once. @returns those that count: the first that were stored */
  put(ref: BundleRef, definitions: BundleDefinitions): Promise<BundleDefinitions>
  /** @throws GatewayError `BUNDLE_UNAVAILABLE` when they are missing or are no definitions */
  read(ref: BundleRef, signal?: AbortSignal): Promise<BundleDefinitions>
}

/** One version's definitions: a manifest has at most 4 MiB, its items repeat little of it. */
const MAX_DEFINITIONS_BYTES = 16 * 1024 * 1024
/** What is remembered of all versions together, in bytes of JSON. */
const MAX_REMEMBERED_BYTES = 64 * 1024 * 1024

/** What the protocol shows is taken as it stands: unknown members, order and all. */
const Data = z.custom<CapabilityData>(isJsonObject, 'expected an object')

const Definitions = z.object({
  packageName: z.string(),
  functions: z.array(
    z.object({
      mcpType: z.enum(MCP_TYPES),
      name: z.string(),
      uri: z.string().optional(),
      data: Data,
      moduleName: z.string(),
      className: z.string(),
      functionName: z.string(),
      isAsync: z.boolean(),
      taskSupport: z.enum(TASK_SUPPORT).optional(),
      asksFirst: z.boolean().optional(),
      completionFunctionName: z.string().optional(),
      returnType: z.string().optional(),
    }),
  ),
  modules: z.array(
    z.object({
      moduleName: z.string(),
      className: z.string(),
      settingId: z.string(),
      source: z.string().optional(),
    }),
  ),
})

export function createDefinitionStore(aws: Aws): DefinitionStore {
  const remembered = new LRUCache<string, { definitions: BundleDefinitions; bytes: number }>({
    maxSize: MAX_REMEMBERED_BYTES,
    sizeCalculation: (entry) => entry.bytes,
  })
  const remember = (ref: BundleRef, object: Buffer | undefined) => {
    const definitions = parseDefinitions(object, ref)
    remembered.set(bundleDefinitionsKey(ref), { definitions, bytes: object?.length ?? 1 })
    return definitions
  }
  const read = async (ref: BundleRef, signal?: AbortSignal) => {
    const key = bundleDefinitionsKey(ref)
    const found = remembered.get(key)
    if (found) return found.definitions
    return remember(ref, await getObject(aws, key, MAX_DEFINITIONS_BYTES, signal))
  }
  return {
    async put(ref, definitions) {
      const object = Buffer.from(JSON.stringify(definitions))
      assertSize(object, ref)
      const isFirst = await putObjectOnce(aws, bundleDefinitionsKey(ref), object)
      return isFirst ? remember(ref, object) : await read(ref)
    },
    read,
  }
}

function parseDefinitions(object: Buffer | undefined, ref: BundleRef): BundleDefinitions {
  if (!object) throw unavailable(ref, 'its definitions are not in the store')
  try {
    return Definitions.parse(JSON.parse(object.toString('utf8')))
  } catch (cause) {
    throw unavailable(ref, 'its stored definitions are not definitions', cause)
  }
}

function unavailable(ref: BundleRef, reason: string, cause?: unknown): GatewayError {
  const { packageName, sha256 } = ref
  return new GatewayError(
    'BUNDLE_UNAVAILABLE',
    `Version ${sha256} of package "${packageName}" cannot be used: ${reason}`,
    { cause },
  )
}

function assertSize(object: Buffer, ref: BundleRef): void {
  if (object.length <= MAX_DEFINITIONS_BYTES) return
  throw new GatewayError(
    'BUNDLE_INVALID',
    `The definitions of package "${ref.packageName}" have ${object.length} bytes; at most ${MAX_DEFINITIONS_BYTES} are taken`,
  )
}
