/** The memories of this instance, and through what instances tell each other those of all. */
import type { CacheKind } from '../domain/cache-kind.js'
import type { Answer, AnswerBody, CacheEntries, Peers, Purge, Question } from '../peers/peers.js'
import type { Log } from '../telemetry/telemetry.js'
import type { Caches, InstanceEntries, Memory } from './cache.js'
import { fallsWith } from './cascade.js'

export interface CachesParts {
  readonly peers: Pick<Peers, 'ask' | 'onQuestion'>
  /** One of each kind. */
  readonly memories: readonly Memory[]
  readonly log: Log
  /** For what other instances answer, in milliseconds. Default: 500. */
  readonly waitMs?: number | undefined
}

const WAIT_MS = 500

/** Answers the questions of other instances from then on. */
export function createCaches({ peers, memories, log, waitMs = WAIT_MS }: CachesParts): Caches {
  const here: Here = { memories: new Map(memories.map((each) => [each.kind, each])), log }
  peers.onQuestion((question) => answer(here, question))
  const ask = async (question: Question) => toEntries(await peers.ask(question, { waitMs }))
  return {
    purge: (endpointId, purge) => ask({ type: 'cache.purge', endpointId, purge }),
    describe: (endpointId) => ask({ type: 'cache.describe', endpointId }),
  }
}

interface Here {
  readonly memories: ReadonlyMap<CacheKind, Memory>
  readonly log: Log
}

async function answer(here: Here, question: Question): Promise<AnswerBody | undefined> {
  if (question.type === 'cache.describe')
    return { type: 'cache.entries', entries: await describeHere(here, question.endpointId) }
  if (question.type === 'cache.purge')
    return {
      type: 'cache.entries',
      entries: await purgeHere(here, question.endpointId, question.purge),
    }
  return undefined
}

async function describeHere(here: Here, endpointId: string): Promise<CacheEntries[]> {
  const entries: CacheEntries[] = []
  for (const memory of here.memories.values())
    entries.push(await entryOf(here, memory, () => memory.count(endpointId)))
  return entries
}

async function purgeHere(here: Here, endpointId: string, purge: Purge): Promise<CacheEntries[]> {
  const { scope, key } = purge
  const modules = modulesOf(here, endpointId, purge)
  const entries: CacheEntries[] = []
  for (const kind of fallsWith(scope)) {
    const memory = here.memories.get(kind)
    if (memory === undefined) continue
    const keys = kind === scope && key !== undefined ? new Set([key]) : modules
    entries.push(await entryOf(here, memory, () => memory.forget(endpointId, keys)))
  }
  here.log.info({ endpointId, scope, key, entries }, 'a cache was purged')
  return entries
}

/** @returns undefined for all, also when it is not known */
function modulesOf(
  { memories }: Here,
  endpointId: string,
  { scope, key }: Purge,
): ReadonlySet<string> | undefined {
  if (key === undefined) return undefined
  const memory = memories.get(scope)
  return memory?.modulesOf ? memory.modulesOf(endpointId, key) : new Set([key])
}

/** One memory that fails keeps none of the others from forgetting. */
async function entryOf(
  { log }: Here,
  { kind }: Memory,
  count: () => number | Promise<number>,
): Promise<CacheEntries> {
  try {
    return { kind, count: await count() }
  } catch (err) {
    log.error({ err, kind }, 'a cache could not be looked at')
    return { kind, count: 0 }
  }
}

function toEntries(answers: readonly Answer[]): InstanceEntries[] {
  return answers.flatMap(({ instanceId, body }) =>
    body.type === 'cache.entries' ? [{ instanceId, entries: body.entries }] : [],
  )
}
