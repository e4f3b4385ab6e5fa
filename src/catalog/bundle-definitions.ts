/**
 * The definitions of bundle versions: one immutable object beside each ZIP. Its SHA-256 is in the
 * package's row, so an object that somebody replaced is refused; what was checked is remembered.
 */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Aws } from '../aws/aws.js'
import { deleteObject, getObject, putObject, putObjectOnce } from '../aws/objects.js'
import { bundleDefinitionsKey, bundleFolder } from '../aws/table-keys.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import {
  type BundleDefinitions,
  type CapabilityData,
  MCP_TYPES,
  TASK_SUPPORT,
} from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import { NETWORK_ACCESS } from '../domain/network.js'
import { isJsonObject } from '../domain/json.js'
import type { Log } from '../telemetry/telemetry.js'

export interface DefinitionStore {
  /**
   * Writes a version's definitions, once; what is there and is neither these nor the registered
   * ones is put right.
   *
   * @returns those that count: the first that were stored and registered
   */
  put(version: RegisteredVersion, definitions: BundleDefinitions): Promise<StoredDefinitions>
  /**
   * @throws GatewayError `BUNDLE_UNAVAILABLE` when they are missing, are no definitions, or are
   * not those that were registered; the log has it too
   */
  read(version: RegisteredVersion, signal?: AbortSignal): Promise<StoredDefinitions>
  /**
   * Removes those of a version that no package has.
   *
   * @param isNeeded asked when they are gone: they are put back for a package that has got it meanwhile
   */
  remove(ref: BundleRef, isNeeded: () => Promise<boolean>): Promise<void>
  /** What is read of an endpoint from now on comes from the store. */
  forget(endpointId: string): void
}

export interface StoredDefinitions {
  readonly definitions: BundleDefinitions
  /** Of their JSON as it is stored. */
  readonly sha256: string
}

/** A version, and what its package's row says of its definitions. */
export interface RegisteredVersion {
  readonly ref: BundleRef
  /** SHA-256 of the stored JSON, lower-case hex; undefined where none has been registered. */
  readonly definitionsSha256: string | undefined
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
      redact: z.array(z.string()).optional(),
      access: z
        .object({ allow: z.array(z.string()).optional(), deny: z.array(z.string()).optional() })
        .optional(),
      returnType: z.string().optional(),
    }),
  ),
  modules: z.array(
    z.object({
      moduleName: z.string(),
      className: z.string(),
      settingId: z.string(),
      source: z.string().optional(),
      network: z.enum(NETWORK_ACCESS).optional(),
    }),
  ),
})

export function createDefinitionStore(aws: Aws, log: Log): DefinitionStore {
  const remembered = new LRUCache<string, { stored: StoredDefinitions; bytes: number }>({
    maxSize: MAX_REMEMBERED_BYTES,
    sizeCalculation: (entry) => entry.bytes,
  })
  const remember = (ref: BundleRef, object: Buffer): StoredDefinitions => {
    const stored = { definitions: parseDefinitions(object, ref), sha256: sha256Of(object) }
    remembered.set(memoryKey(ref, stored.sha256), { stored, bytes: object.length })
    return stored
  }
  const fetch = (ref: BundleRef, signal?: AbortSignal) =>
    getObject(aws, bundleDefinitionsKey(ref), MAX_DEFINITIONS_BYTES, signal)

  return {
    async put({ ref, definitionsSha256: registered }, definitions) {
      const key = bundleDefinitionsKey(ref)
      const object = Buffer.from(JSON.stringify(definitions))
      assertSize(object, ref)
      if (await putObjectOnce(aws, key, object)) return remember(ref, object)
      const found = await fetch(ref)
      if (found?.equals(object)) return remember(ref, object)
      if (found && sha256Of(found) === registered) return remember(ref, found)
      log.warn({ ...ref }, 'definitions in the store that were never registered are replaced')
      await putObject(aws, key, object)
      return remember(ref, object)
    },

    async read({ ref, definitionsSha256: registered }, signal) {
      const known = registered && remembered.get(memoryKey(ref, registered))
      if (known) return known.stored
      const object = await fetch(ref, signal)
      const problem = objectProblem(object, registered)
      if (object && problem === undefined) return remember(ref, object)
      log.error({ ...ref }, `bundle refused: ${problem}`)
      throw unavailable(ref, problem ?? '')
    },

    async remove(ref, isNeeded) {
      const key = bundleDefinitionsKey(ref)
      const object = await fetch(ref)
      await deleteObject(aws, key)
      if (object && (await isNeeded())) await putObjectOnce(aws, key, object)
    },

    forget(endpointId) {
      const folder = bundleFolder(endpointId)
      for (const key of remembered.keys()) if (key.startsWith(folder)) remembered.delete(key)
    },
  }
}

function memoryKey(ref: BundleRef, sha256: string): string {
  return `${bundleDefinitionsKey(ref)}#${sha256}`
}

function objectProblem(
  object: Buffer | undefined,
  registered: string | undefined,
): string | undefined {
  if (!object) return 'its definitions are not in the store'
  if (registered === undefined) return undefined
  const found = sha256Of(object)
  if (found === registered) return undefined
  return `the store holds other definitions than were registered, of SHA-256 ${found}`
}

function sha256Of(object: Buffer): string {
  return createHash('sha256').update(object).digest('hex')
}

function parseDefinitions(object: Buffer, ref: BundleRef): BundleDefinitions {
  try {
    return Definitions.parse(JSON.parse(object.toString('utf8')))
  } catch (cause) {
    throw unavailable(ref, 'its stored definitions are not definitions', cause)
  }
}

/** Why a version is not served, in the words that every such refusal has. */
export function unavailable(ref: BundleRef, reason: string, cause?: unknown): GatewayError {
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
