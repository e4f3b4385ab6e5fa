import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaProblems } from '../../src/catalog/catalog.js'
import { createDynamoCatalog } from '../../src/catalog/dynamo-catalog.js'
import type { CapabilityData } from '../../src/domain/capability.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws, type TestAws } from '../support/aws.js'
import { aTool, aVersion } from './bundle-version.js'
import { testSealer } from './sealer.js'

/** Tools of 70 public servers, kept beside the repository because they are not ours to ship. */
const file = new URL('../../../shared/data/livemcp-tools.json', import.meta.url)

interface Server {
  readonly server: string
  readonly tools: readonly (CapabilityData & { readonly name: string })[]
}

let test: TestAws
beforeAll(async () => {
  test = await startTestAws()
})
afterAll(() => test.stop())

const servers = async () => {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as Server[])
}

describe('tools as real servers declare them', () => {
  it('come back as they were, member for member and in order, and their schemas compile', async (context) => {
    const all = await servers()
    if (!all) context.skip(`the collection of real tools is not there: ${file.pathname}`)
    const catalog = createDynamoCatalog({ aws: test.aws, sealer: testSealer, log: silentLog })
    let tools = 0
    for (const [index, { tools: declared }] of (all ?? []).entries()) {
      const endpointId = `server-${index}`
      const functions = declared.map((data) => aTool(data.name, { data }))
      await catalog.activate(aVersion({ endpointId, functions }))
      const snapshot = await catalog.snapshot(endpointId)
      for (const data of declared) {
        const found = snapshot.find('tool', data.name)
        expect(JSON.stringify(found?.data)).toBe(JSON.stringify(data))
        expect(schemaProblems(data['inputSchema'])).toEqual([])
        expect(found?.inputProblems({}).join()).not.toContain('cannot be checked')
        tools += 1
      }
    }
    expect(tools).toBe(527)
  })
})
