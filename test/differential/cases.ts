/** Requests of both eras: each change alone on many methods, then pairs of changes at random. */
import type { Seeded } from '../support/seeded.js'
import { type Draft, legacyDraft, modernDraft, type Params, type Start } from './draft.js'
import {
  type Change,
  HANDSHAKE_HEADERS,
  LEGACY_HEADERS,
  MODERN_HEADERS,
  PARAM_HEADERS,
  SPELLINGS,
  TRANSPORT,
} from './header-changes.js'
import { FILTERS, TASK_CHANGES } from './filter-changes.js'
import {
  BATCHES,
  ENVELOPE,
  LEGACY_META,
  MESSAGE,
  NOTIFICATIONS,
  PARAMS,
} from './message-changes.js'

type Changes = Readonly<Record<string, Change>>

const COMMON: readonly (readonly [string, Params])[] = [
  ['tools/list', {}],
  ['tools/list', { cursor: 'AAAA' }],
  ['tools/call', { name: 'echo', arguments: { text: 'hello' } }],
  ['tools/call', { name: 'echo', arguments: { text: 'Grüße, 世界 🙂' } }],
  ['tools/call', { name: 'fail', arguments: {} }],
  ['resources/list', {}],
  ['resources/templates/list', {}],
  ['resources/read', { uri: 'twin://note' }],
  ['resources/read', { uri: 'twin://items/7' }],
  ['resources/read', { uri: 'twin://missing' }],
  ['prompts/list', {}],
  ['prompts/get', { name: 'greet', arguments: { name: 'Ann' } }],
  ['prompts/get', { name: 'greet', arguments: {} }],
]

const everyList = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true }
const LISTENS: typeof COMMON = [
  { toolsListChanged: true },
  { ...everyList, resourceSubscriptions: ['twin://note', 'twin://items/7'] },
  { ...everyList, toolsListChanged: false },
  { resourceSubscriptions: ['twin://missing'] },
  {},
].map((notifications) => ['subscriptions/listen', { notifications }])

const TASK_STARTS: typeof COMMON = [
  ['tasks/get', { taskId: 'nobody-s' }],
  ['tasks/update', { taskId: 'nobody-s', inputResponses: {} }],
  ['tasks/cancel', { taskId: 'nobody-s' }],
]

const MODERN_STARTS: typeof COMMON = [
  ...COMMON,
  ...LISTENS,
  ...TASK_STARTS,
  ['server/discover', {}],
  ['tools/call', { name: 'region', arguments: { region: 'eu', size: 7 } }],
  ['tools/call', { name: 'region', arguments: { region: 'Île' } }],
]

const clientInfo = { name: 'differential', version: '1' }
const hello = (protocolVersion: unknown) => ({ protocolVersion, capabilities: {}, clientInfo })
const LEGACY_STARTS: typeof COMMON = [
  ...COMMON,
  ['ping', {}],
  ['resources/subscribe', { uri: 'twin://note' }],
  ['resources/subscribe', { uri: 'twin://items/7' }],
  ['resources/subscribe', { uri: 'twin://missing' }],
  ['resources/unsubscribe', { uri: 'twin://note' }],
  ['resources/unsubscribe', { uri: 'twin://missing' }],
  ['initialize', hello('2025-11-25')],
  ['initialize', hello('2024-11-05')],
  ['initialize', hello('2026-07-28')],
  ['initialize', hello('1999-01-01')],
  ['initialize', hello(7)],
]

/** The last legacy revisions; the first two know neither the header nor titles. */
const LEGACY_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26'] as const

const MODERN_CHANGES: Changes = {
  ...SPELLINGS,
  ...MODERN_HEADERS,
  ...PARAM_HEADERS,
  ...TRANSPORT,
  ...MESSAGE,
  ...BATCHES,
  ...NOTIFICATIONS,
  ...ENVELOPE,
  ...PARAMS,
  ...FILTERS,
  ...TASK_CHANGES,
}

const LEGACY_CHANGES: Changes = {
  ...SPELLINGS,
  ...LEGACY_HEADERS,
  ...HANDSHAKE_HEADERS,
  ...BATCHES,
  ...TRANSPORT,
  ...MESSAGE,
  ...NOTIFICATIONS,
  ...LEGACY_META,
  ...PARAMS,
}

/** Starts that each single change is tried on, beside those that nothing is changed of. */
const STARTS_OF_A_CHANGE = 4
const PAIRS = 200

export function makeCases(random: Seeded): Draft[] {
  let id = 0
  const toStart = ([method, params]: readonly [string, Params]): Start => ({
    method,
    params: structuredClone(params),
    id: ++id,
  })
  const handshakes = LEGACY_STARTS.filter(([method]) => method === 'initialize')
  const modern = (change: string) => modernDraft(toStart(random.pick(modernStarts(change))))
  const legacy = (change: string) => {
    const starts = change in HANDSHAKE_HEADERS ? handshakes : LEGACY_STARTS
    return legacyDraft(toStart(random.pick(starts)), random.pick(LEGACY_VERSIONS))
  }
  return [
    ...MODERN_STARTS.map((start) => modernDraft(toStart(start))),
    ...LEGACY_STARTS.flatMap((start) =>
      LEGACY_VERSIONS.map((version) => legacyDraft(toStart(start), version)),
    ),
    ...alone(MODERN_CHANGES, modern, random),
    ...alone(LEGACY_CHANGES, legacy, random),
    ...pairs(MODERN_CHANGES, modern, random),
    ...pairs(LEGACY_CHANGES, legacy, random),
  ]
}

/** What a change can be seen on. */
function modernStarts(change: string): typeof COMMON {
  if (change in PARAM_HEADERS) return MODERN_STARTS.filter(([, { name }]) => name === 'region')
  if (change in FILTERS) return LISTENS
  return change in TASK_CHANGES ? TASK_STARTS : MODERN_STARTS
}

function alone(changes: Changes, start: (change: string) => Draft, random: Seeded): Draft[] {
  return Object.keys(changes).flatMap((name) =>
    Array.from({ length: STARTS_OF_A_CHANGE }, () =>
      changed(start(name), [name], { changes, random }),
    ),
  )
}

function pairs(changes: Changes, start: (change: string) => Draft, random: Seeded): Draft[] {
  const names = Object.keys(changes)
  return Array.from({ length: PAIRS }, () => {
    const pair = [random.pick(names), random.pick(names)] as const
    return changed(start(pair[0]), pair, { changes, random })
  })
}

interface With {
  readonly changes: Changes
  readonly random: Seeded
}

function changed(draft: Draft, names: readonly string[], { changes, random }: With): Draft {
  for (const name of names) {
    changes[name]?.(draft, random)
    draft.changes.push(name)
  }
  return draft
}
