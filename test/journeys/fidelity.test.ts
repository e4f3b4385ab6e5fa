import { CALL_ID_META } from '../../src/domain/call.js'
import { takeCallId } from '../support/call-id.js'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROTOCOL_VERSIONS } from '../../src/protocol/message.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { connectRaw, MODERN, type RawClient } from '../support/raw-client.js'
import { createSeeded, testSeed, toObject } from '../support/seeded.js'
import {
  type Item,
  type Lists,
  strangeLists,
  strangeResults,
  writeBundle,
} from './strange-bundle.js'
import { ALL_KEYWORDS } from './strange-schemas.js'

const SERVER_INFO = 'io.modelcontextprotocol/serverInfo'
const SERVER = { name: 'test-gateway', version: '0.0.0' }
/** Tools of 70 public servers, kept beside the repository because they are not ours to ship. */
const REAL_TOOLS = new URL('../../../shared/data/livemcp-tools.json', import.meta.url)

const seed = testSeed(20_260_728)
const lists = strangeLists(createSeeded(seed))
const results = strangeResults(createSeeded(seed + 1))

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ env: { PAGE_SIZE: '37', CATALOG_CHECK_MS: '60000' } })
})
afterAll(() => gateway.stop())

const publish = async (bundle: Parameters<typeof writeBundle>[0], endpointId: string) => {
  const { folder, remove } = await writeBundle(bundle)
  try {
    await gateway.publish(folder, endpointId)
  } finally {
    await remove()
  }
}

type Version = (typeof PROTOCOL_VERSIONS)[number]

const connect = async (endpointId: string, version: Version) =>
  connectRaw(
    { url: `${gateway.url}/${endpointId}/mcp`, token: await gateway.tokenFor('ann', endpointId) },
    version,
  )

/** Every page of a list. */
async function listAll(client: RawClient, method: string, member: string): Promise<Item[]> {
  const items: Item[] = []
  for (let cursor: unknown; ;) {
    const page = await client.ask(method, cursor === undefined ? {} : { cursor })
    items.push(...(page[member] as Item[]))
    cursor = page['nextCursor']
    if (cursor === undefined) return items
  }
}

/** Text shows what deep equality does not: order, `__proto__`, and what is absent. */
const byName = (items: readonly Item[]) => items.map((item) => JSON.stringify(item)).toSorted()

const LISTS = [
  ['tools/list', 'tools'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resourceTemplates'],
  ['prompts/list', 'prompts'],
] as const satisfies [string, keyof Lists][]

describe(`what a manifest declares (seed ${seed})`, () => {
  beforeAll(() => publish({ lists }, 'strange'))

  it('holds every keyword of JSON Schema 2020-12 at least once', () => {
    const text = JSON.stringify(lists.tools)
    expect(ALL_KEYWORDS.filter((keyword) => !text.includes(`"${keyword}":`))).toEqual([])
    expect(ALL_KEYWORDS.length).toBeGreaterThan(50)
  })

  describe.each(PROTOCOL_VERSIONS)('comes back untouched on %s', (version) => {
    it.each(LISTS)('in %s [M35]', async (method, member) => {
      const client = await connect('strange', version)
      const shown = await listAll(client, method, member)
      client.close()
      expect(byName(shown)).toEqual(byName(lists[member]))
    })
  })
})

describe(`what a function returns (seed ${seed})`, () => {
  beforeAll(() => publish({ results }, 'results'))

  it.each(PROTOCOL_VERSIONS)('comes back untouched on %s', async (version) => {
    const client = await connect('results', version)
    for (const [index, returned] of results.entries()) {
      const shown = await client.ask('tools/call', { name: 'give', arguments: { index } })
      const said = [[CALL_ID_META, takeCallId(shown).callId] as const]
      const sent = version === MODERN ? dressed(returned, said) : withMeta(returned, said)
      expect(membersOf(shown), `result ${index}`).toEqual(membersOf(sent))
    }
    client.close()
  })
})

/** As text, so that nothing inside is forgiven; the members of a result have no order of their own. */
function membersOf(result: Item): string[] {
  return Object.entries(result)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .toSorted()
}

type Members = readonly (readonly [string, unknown])[]

function withMeta(returned: Item, added: Members): Item {
  const meta = toObject([...Object.entries(returned['_meta'] ?? {}), ...added])
  return toObject([...Object.entries(returned), ['_meta', meta]])
}

/** What the latest revision adds to every result. */
function dressed(returned: Item, said: Members): Item {
  const whole = withMeta(returned, [...said, [SERVER_INFO, SERVER]])
  return toObject([...Object.entries(whole), ['resultType', 'complete']])
}

interface RealServer {
  readonly tools: readonly Item[]
}

describe('the tools that 70 real servers declare', () => {
  /** Names repeat between servers but not inside one bundle: one bundle for each repetition. */
  let bundles: Item[][] | undefined
  beforeAll(async () => {
    const text = await readFile(REAL_TOOLS, 'utf8').catch(() => undefined)
    if (text === undefined) return
    const servers: RealServer[] = JSON.parse(text)
    bundles = withoutRepetition(servers.flatMap(({ tools }) => tools))
    for (const [index, tools] of bundles.entries())
      await publish({ lists: { tools } }, `real-${index}`)
  })

  it.for(PROTOCOL_VERSIONS)(
    'come back through tools/list as they were on %s',
    async (version, { skip }) => {
      skip(
        bundles === undefined,
        `the collection of real tools is not there: ${REAL_TOOLS.pathname}`,
      )
      let count = 0
      for (const [index, tools] of (bundles ?? []).entries()) {
        const client = await connect(`real-${index}`, version)
        const shown = await listAll(client, 'tools/list', 'tools')
        client.close()
        expect(byName(shown)).toEqual(byName(tools))
        count += shown.length
      }
      expect(count).toBe(527)
    },
  )
})

function withoutRepetition(tools: readonly Item[]): Item[][] {
  const seen = new Map<unknown, number>()
  const groups: Item[][] = []
  for (const tool of tools) {
    const group = seen.get(tool['name']) ?? 0
    seen.set(tool['name'], group + 1)
    groups[group] = [...(groups[group] ?? []), tool]
  }
  return groups
}
