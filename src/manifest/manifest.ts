/**
 * What does a bundle say of itself? Reads `mcp_configuration.json`: all that is wrong with it at once,
 * each with its path inside. The front door of the room.
 */
import type { z } from 'zod'
import { bundleInvalid, bundleProblems, formatBytes } from '../bundles/bundles.js'
import { MANIFEST_FILE } from '../bundles/module-file.js'
import { isDeeperThan } from '../domain/json.js'
import { jsonErrorPlace } from './json-place.js'
import { linkMemberProblems, linkMemberWarnings } from './link-members.js'
import type { ManifestChecks } from './manifest-checks.js'
import { toolSchemaProblems } from './manifest-json-schemas.js'
import { linkProblems } from './manifest-links.js'
import { repairManifest } from './manifest-repair.js'
import { Manifest } from './manifest-schema.js'

export {
  fillSetting,
  secretMembers,
  settingId,
  toDefinitions,
  type Variables,
} from './definitions.js'
export type { ManifestChecks } from './manifest-checks.js'
export type { Manifest, ModuleLink } from './manifest-schema.js'

/** UTF-8 bytes. The 527 tools of 70 public servers are 0.4 MB of JSON. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024
/** Nesting that checks and schema compilers can follow without overflowing the stack. */
const MAX_DEPTH = 100
/** A manifest of another format may be wrong everywhere; nobody reads more than this. */
const MAX_PROBLEMS = 100

/** @throws GatewayError `BUNDLE_INVALID`; `data.problems` holds one sentence each */
export function readManifest(text: string, checks: ManifestChecks): Manifest {
  const { manifest, raw, problems } = examineManifest(text, checks)
  if (manifest === undefined || problems.length > 0) throw invalid(problems)
  return withOwnItems(manifest, raw)
}

export interface ExaminedManifest {
  /** With a stand-in for each entry that is wrong; undefined when more than entries is. */
  readonly manifest: Manifest | undefined
  readonly raw: unknown
  /** One sentence each, with its path inside the manifest. */
  readonly problems: readonly string[]
  /** Whether something said of the manifest is told already, or comes of a stand-in. */
  readonly isKnown: (problem: string) => boolean
}

const nothingKnown = () => false

/** @throws GatewayError `BUNDLE_INVALID` for what cannot be looked into at all */
export function examineManifest(text: string, checks: ManifestChecks): ExaminedManifest {
  const raw = parse(text)
  const { data, error } = Manifest.safeParse(raw)
  if (data !== undefined)
    return { manifest: data, raw, problems: contentProblems(data, checks), isKnown: nothingKnown }
  const shape = error.issues.map(toSentence)
  const repaired = repairManifest(raw, error.issues)
  if (repaired === undefined)
    return { manifest: undefined, raw, problems: shape, isKnown: nothingKnown }
  const { manifest, isKnown } = repaired
  const rest = contentProblems(manifest, checks).filter((problem) => !isKnown(problem))
  return { manifest, raw, problems: [...shape, ...rest], isKnown }
}

function contentProblems(manifest: Manifest, checks: ManifestChecks): string[] {
  return [
    ...linkProblems(manifest),
    ...linkMemberProblems(manifest),
    ...manifest.tools.flatMap((tool, index) => toolSchemaProblems(tool, `tools[${index}]`, checks)),
    ...manifest.resources.flatMap(({ uriTemplate }, index) =>
      (uriTemplate ? checks.templateProblems(uriTemplate) : []).map(
        (problem) => `resources[${index}].uriTemplate: ${problem}`,
      ),
    ),
  ]
}

/** What a client may stumble over although the bundle works, one sentence each. */
export function manifestWarnings(manifest: Manifest): string[] {
  const named = [...listed(manifest.tools, 'tools'), ...listed(manifest.prompts, 'prompts')]
  const longNames = named
    .filter(({ item }) => item.name.length > 64)
    .map(({ path }) => `${path}.name: some clients refuse names above 64 characters`)
  const undescribed = [...named, ...listed(manifest.resources, 'resources')]
    .filter(({ item }) => !item.description)
    .map(({ path }) => `${path}.description: is empty; agents choose by it`)
  const otherRoots = listed(manifest.tools, 'tools')
    .filter(({ item }) => item.outputSchema && item.outputSchema['type'] !== 'object')
    .map(({ path }) => `${path}.outputSchema.type: clients before 2026-07-28 expect "object"`)
  const linked = new Set(manifest.module_links.map((l) => `${l.module_name}/${l.class_name}`))
  const unused = listed(manifest.modules, 'modules')
    .filter(({ item }) => !linked.has(`${item.module_name}/${item.class_name}`))
    .map(({ path }) => `${path}: no entry of module_links uses it`)
  return [...longNames, ...undescribed, ...otherRoots, ...linkMemberWarnings(manifest), ...unused]
}

function listed<Item>(items: readonly Item[], list: string): { item: Item; path: string }[] {
  return items.map((item, index) => ({ item, path: `${list}[${index}]` }))
}

function parse(text: string): unknown {
  if (Buffer.byteLength(text) > MAX_MANIFEST_BYTES)
    throw bundleInvalid(`${MANIFEST_FILE} is larger than ${formatBytes(MAX_MANIFEST_BYTES)}`)
  let raw: unknown
  try {
    raw = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw bundleInvalid(
      `${MANIFEST_FILE} is not JSON, at ${jsonErrorPlace(text)}: ${cause.message}`,
      cause,
    )
  }
  if (isDeeperThan(MAX_DEPTH, raw))
    throw bundleInvalid(`${MANIFEST_FILE} is nested deeper than ${MAX_DEPTH} levels`)
  return raw
}

/** zod puts known members first; clients are shown each item in its author's order. */
function withOwnItems(checked: Manifest, raw: unknown): Manifest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed by the schema, which transforms nothing
  const own = raw as Partial<Manifest>
  return {
    ...checked,
    tools: own.tools ?? [],
    resources: own.resources ?? [],
    prompts: own.prompts ?? [],
  }
}

function invalid(problems: readonly string[]): Error {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const shown = problems.slice(0, MAX_PROBLEMS)
  const more = problems.length - shown.length
  const lines = more > 0 ? [...shown, `and ${more} more`] : shown
  return bundleProblems(`${MANIFEST_FILE} has ${count}`, lines)
}

function toSentence(issue: z.core.$ZodIssue): string {
  const message = issue.message.replace(/^Invalid input: /, '')
  const said = message.replace(/(expected .+), received undefined$/, 'is missing; $1')
  const path = issue.path.reduce<string>(
    (at, key) => (typeof key === 'number' ? `${at}[${key}]` : `${at}${at && '.'}${String(key)}`),
    '',
  )
  return `${path || 'the manifest'}: ${said}`
}
