/**
 * A manifest whose entries are partly wrong, with a stand-in for each of those: so that what its
 * lists say about each other can be checked all the same, and everything is told at once.
 */
import type { z } from 'zod'
import { isJsonObject } from '../domain/json.js'
import { Manifest } from './manifest-schema.js'

export interface RepairedManifest {
  readonly manifest: Manifest
  /** Whether a problem is told already, or comes of a stand-in. */
  readonly isKnown: (problem: string) => boolean
}

const LISTS = ['tools', 'resources', 'prompts', 'module_links', 'modules'] as const

type List = (typeof LISTS)[number]

/**
 * @param raw what the file holds
 * @param issues what is wrong with it
 * @returns undefined when more than entries of its lists is wrong
 */
export function repairManifest(
  raw: unknown,
  issues: readonly z.core.$ZodIssue[],
): RepairedManifest | undefined {
  if (!isJsonObject(raw)) return undefined
  const broken = new Map<string, readonly [list: List, index: number]>()
  for (const { path } of issues) {
    const [list, index] = path
    const known = LISTS.find((name) => name === list)
    if (known === undefined || typeof index !== 'number') return undefined
    broken.set(`${known}[${index}]`, [known, index])
  }
  const lists: Record<string, unknown[]> = {}
  for (const list of LISTS) {
    const entries = raw[list]
    lists[list] = Array.isArray(entries) ? [...entries] : []
  }
  const nameless = new Set<List>()
  for (const [list, index] of broken.values()) {
    const entry = standIn(list, index, lists[list]?.[index])
    lists[list]?.splice(index, 1, entry)
    if (JSON.stringify(entry).includes(STAND_IN)) nameless.add(list)
  }
  const { data } = Manifest.safeParse({ ...raw, ...lists })
  if (data === undefined) return undefined
  const paths = [...broken.keys()]
  const isKnown = (problem: string) =>
    problem.includes(STAND_IN) ||
    paths.some((path) => problem.startsWith(path)) ||
    [...nameless].some((list) => MISSED[list]?.test(problem))
  return { manifest: data, isKnown }
}

/** Part of the names that stand in for missing ones. */
const STAND_IN = 'stand_in_'

/** What is missed where an entry has lost its name: its author may have meant this very one. */
const MISSED: Partial<Record<List, RegExp>> = {
  tools: /: there is no tool "/,
  resources: /: there is no resource "/,
  prompts: /: there is no prompt "/,
  module_links: /: no entry of module_links says/,
  modules: /: modules declares no class "/,
}

const NAME = /^[A-Za-z0-9_.-]{1,128}$/
const FOLDER = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/
const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$]{0,127}$/

/** Keeps the names that others refer to, where they are usable. */
function standIn(list: List, index: number, entry: unknown): object {
  const written = isJsonObject(entry) ? entry : {}
  const missing = `${STAND_IN}${index}`
  const kept = (member: string, pattern: RegExp) => {
    const value = written[member]
    return typeof value === 'string' && pattern.test(value) ? value : missing
  }
  const name = kept('name', list === 'resources' ? /^.{1,256}$/s : NAME)
  const code = {
    module_name: kept('module_name', FOLDER),
    class_name: kept('class_name', IDENTIFIER),
  }
  const stands: Record<List, () => object> = {
    tools: () => ({ name, inputSchema: { type: 'object' } }),
    resources: () => ({ name, uri: `stand-in:${index}` }),
    prompts: () => ({ name }),
    module_links: () => ({
      type: linkType(written['type']),
      name,
      ...code,
      function_name: missing,
    }),
    modules: () => ({ package_name: kept('package_name', FOLDER), ...code }),
  }
  return stands[list]()
}

function linkType(type: unknown): unknown {
  return ['tool', 'resource', 'prompt'].find((known) => known === type) ?? 'tool'
}
