/**
 * What a bundle's code can reach, by executor: every attack of `attacks/` is run under each, and
 * the outcomes are the table of the README.
 */
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Executor } from '../../src/runtime/runtime.js'
import {
  inlineExecutor,
  jobFor,
  processExecutor,
  resultOf,
  workerExecutor,
} from '../runtime/bundles-on-disk.js'

const SECRET = 'MCP_TEST_SECRET_OF_THE_GATEWAY'
const MAJOR = Number(process.versions.node.split('.')[0])
const processColumn = MAJOR >= 25 ? 'process, Node 25 and later' : 'process, Node 20 to 24'

const executors = {
  [processColumn]: processExecutor,
  worker: workerExecutor,
  inline: inlineExecutor,
}

let server: Server
let folder: string
let input: Record<string, unknown>
const table = readTable()

beforeAll(async () => {
  process.env[SECRET] = 'the secret'
  server = createServer((_request, response) => response.end('inside')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  folder = await mkdtemp(join(tmpdir(), 'attacks-'))
  const outside = join(folder, 'secret.txt')
  await writeFile(outside, 'the secret')
  input = {
    outside,
    variable: SECRET,
    gateway: process.pid,
    addon: addonFile(),
    port: typeof address === 'object' && address !== null ? address.port : 0,
    mib: 400,
  }
})

afterAll(async () => {
  Reflect.deleteProperty(process.env, SECRET)
  server.close()
  await rm(folder, { recursive: true, force: true })
})

describe.each(Object.entries(executors))('under %s', (column, create) => {
  test.each(Object.keys(table))('%s comes out as the README says', async (attack) => {
    const expected = table[attack]?.[column]
    expect(expected, 'a cell of the README').toBeDefined()
    // There is no channel to forge: descriptor 3 is the test's own.
    if (expected === '–') return
    const executor = create()
    try {
      expect(await outcomeOf(executor, attack)).toBe(expected)
    } finally {
      await executor.close()
    }
  })
})

test('the table has every attack, and no other', () => {
  const files = readdirSync(new URL('attacks/attacks', import.meta.url))
  expect(Object.keys(table).toSorted()).toEqual(
    files.map((file) => file.replace('.js', '')).toSorted(),
  )
})

async function outcomeOf(executor: Executor, attack: string): Promise<'stopped' | 'reached'> {
  if (attack === 'see-other-tenant')
    await run(executor, attack, { leave: 'the secret' }, 'other').catch(() => undefined)
  try {
    const result = await run(executor, attack, input)
    return result['isError'] === true ? 'stopped' : 'reached'
  } catch {
    return 'stopped'
  }
}

async function run(
  executor: Executor,
  attack: string,
  given: Record<string, unknown>,
  endpointId = 'acme',
) {
  const bundle = {
    ref: { endpointId, packageName: 'attacks', sha256: 'a'.repeat(64) },
    folder: fileURLToPath(new URL('attacks', import.meta.url)),
  }
  const target = {
    bundle: bundle.ref,
    moduleName: attack,
    className: 'Attack',
    functionName: 'run',
  }
  const deadline = Date.now() + 5_000
  return resultOf(executor.run(jobFor('attacks:Attack.run', given, { bundle, target, deadline })))
}

/** Native code that is installed here anyhow. */
function addonFile(): string {
  const prebuilds = '../../node_modules/classic-level/prebuilds'
  const place = new URL(`${prebuilds}/${process.platform}-${process.arch}/`, import.meta.url)
  const name = readdirSync(place).find((file) => file.endsWith('.node') && !file.includes('musl'))
  return fileURLToPath(new URL(name ?? '', place))
}

/** Attack → column → outcome, out of the README's table. */
function readTable(): Record<string, Record<string, string>> {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const lines = readme.split('\n')
  const head = lines.findIndex((line) => line.startsWith('| a bundle that tries to '))
  const columns = cellsOf(lines[head] ?? '')
  const rows = lines.slice(head + 2, lines.indexOf('', head))
  return Object.fromEntries(
    rows.map((row) => {
      const [first = '', ...outcomes] = cellsOf(row)
      const attack = /^`([a-z-]+)`/.exec(first)?.[1] ?? first
      return [attack, Object.fromEntries(outcomes.map((each, at) => [columns[at + 1], each]))]
    }),
  )
}

function cellsOf(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}
