import { describe, expect, it } from 'vitest'
import type { CatalogAdministration } from '../../src/catalog/administration.js'
import type { Catalog } from '../../src/catalog/catalog.js'
import { createToldAdministration, createToldCatalog } from '../../src/catalog/told-catalog.js'
import type { News } from '../../src/peers/peers.js'

const guarded = { endpointId: 'acme', actor: 'ann' }
const ref = { endpointId: 'acme', packageName: 'weather', sha256: 'a'.repeat(64) }

const CHANGES = {
  catalog: [
    ['activate', { ref }],
    ['promote', { ref }],
    ['setOverride', guarded],
  ],
  administration: [
    ['changeSetting', guarded],
    ['defineFunction', guarded],
    ['removeFunction', guarded],
    ['removePackage', guarded],
    ['removeVersion', { ref }],
  ],
} as const

const LOOKS = {
  catalog: ['snapshot', 'packages', 'overrides'],
  administration: ['inventory', 'definitions', 'settings'],
} as const

type Port = keyof typeof LOOKS
type Method = (argument: unknown) => Promise<unknown>

const refusal = new Error('somebody else was first')

/** What is done to stores that refuse everything, and what other instances hear of it. */
function open() {
  const happened: (string | News)[] = []
  const storeOf = (port: Port) => {
    const names = [...CHANGES[port].map(([name]) => name), ...LOOKS[port]]
    const refuse = (name: string) => async () => {
      happened.push(name)
      throw refusal
    }
    return Object.fromEntries(names.map((name) => [name, refuse(name)])) as unknown
  }
  const peers = { tell: async (news: News) => void happened.push(news) }
  const told = {
    ...createToldCatalog(storeOf('catalog') as Catalog, peers),
    ...createToldAdministration(storeOf('administration') as CatalogAdministration, peers),
  } as unknown as Record<string, Method>
  return { happened, told }
}

describe('a change of the catalog', () => {
  it.each<readonly [string, unknown]>([...CHANGES.catalog, ...CHANGES.administration])(
    'is told to other instances once it is made, also one that fails: %s',
    async (name, change) => {
      const { happened, told } = open()
      await expect(told[name]?.(change)).rejects.toBe(refusal)
      expect(happened).toEqual([name, { type: 'catalog.changed', endpointId: 'acme' }])
    },
  )

  it('is nothing that is only looked at', async () => {
    const { happened, told } = open()
    const looks = [...LOOKS.catalog, ...LOOKS.administration]
    for (const look of looks) await expect(told[look]?.('acme')).rejects.toBe(refusal)
    expect(happened).toEqual(looks)
  })
})
