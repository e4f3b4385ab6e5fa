import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, cp, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { type ExecutorSetup, openBundle, recordingLog } from './bundles-on-disk.js'
import { POOLED_KINDS, start as startKind, useExecutors } from './pooled-setup.js'

useExecutors()

const startWorker = (setup?: ExecutorSetup) => startKind('worker', setup)

describe('worker threads', () => {
  test('globals of one tenant are not seen by another, nor by another version', async () => {
    const { run } = startWorker()
    const set = async (endpointId: string, version: string) => {
      const bundle = openBundle('faults', endpointId, version)
      const result = await run('faults:Faults.setGlobal', { value: endpointId }, { bundle })
      return result['structuredContent']
    }
    expect(await set('acme', 'a')).toEqual({ before: null })
    expect(await set('acme', 'a')).toEqual({ before: 'acme' })
    expect(await set('other', 'a')).toEqual({ before: null })
    expect(await set('acme', 'b')).toEqual({ before: null })
    expect(Array.prototype).not.toHaveProperty('leftByACall')
  })

  test('environment, arguments and our own channel are out of reach', async () => {
    const { run } = startWorker()
    expect(await run('faults:Faults.surroundings')).toHaveProperty('structuredContent', {
      env: {},
      argv: [],
      execArgv: [],
      workerData: {},
    })
  })
})

test('a thread that hangs in the system holds up the end of its executor for a moment only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hanging-'))
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  const { log, lines } = recordingLog()
  const { executor, beginCall } = startKind('worker', { log })
  const hanging = beginCall('faults:Faults.readPipe', { path })
  await hanging.begun
  // Refused until somebody reads.
  const openEnd = () => open(path, constants.O_WRONLY | constants.O_NONBLOCK)
  const end = await vi.waitFor(openEnd, { timeout: 10_000 })
  try {
    await Promise.all([
      expect(hanging.result).rejects.toMatchObject({ code: 'SHUTTING_DOWN' }),
      executor.close(),
    ])
    expect(lines.map(({ message }) => message)).toContain('an instance does not end')
  } finally {
    await end.close()
    await rm(folder, { recursive: true })
  }
})

describe.each(POOLED_KINDS)('instances of the %s executor', (kind) => {
  const start = (setup?: ExecutorSetup) => startKind(kind, setup)

  test('of one tenant or version share nothing with those of another', async () => {
    const { leave } = start()
    const by = (endpointId: string, version: string) =>
      leave(endpointId, { bundle: openBundle('faults', endpointId, version) })
    expect(await by('acme', 'a')).toEqual({ before: null })
    expect(await by('acme', 'a')).toEqual({ before: 'acme' })
    expect(await by('other', 'a')).toEqual({ before: null })
    expect(await by('acme', 'b')).toEqual({ before: null })
  })

  test('an idle instance is ended, and the next call gets a fresh one', async () => {
    const { log, lines, line } = recordingLog()
    const { leave } = start({ log, limits: { idleMs: 30 } })
    await leave(1)
    await line(({ message }) => message.includes('idle'))
    expect(await leave(2)).toEqual({ before: null })
    expect(lines.filter(({ message }) => message === 'an instance was started')).toHaveLength(2)
  })

  test('an instance with a call is not idle, however long the call takes', async () => {
    const { run } = start({ limits: { idleMs: 20 } })
    expect(await run('faults:Faults.waitFor', { ms: 200 })).toMatchObject({
      content: [{ text: 'waited' }],
    })
  })

  test('the instance that was used longest ago makes room', async () => {
    const { leave } = start({ limits: { maxInstances: 2 } })
    const before = (version: string) =>
      leave(version, { bundle: openBundle('faults', 'acme', version) })
    const fresh = { before: null }
    expect([await before('a'), await before('b')]).toEqual([fresh, fresh])
    // Instances are compared by milliseconds.
    const now = Date.now()
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(now), { interval: 1 })
    expect(await before('a')).toEqual({ before: 'a' })
    expect(await before('c')).toEqual(fresh)
    expect(await before('a')).toEqual({ before: 'a' })
    expect(await before('b')).toEqual(fresh)
  })

  test('a folder outside of any package holds ESM and CommonJS alike', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bundle-'))
    try {
      const kinds = openBundle('kinds')
      await cp(kinds.folder, folder, { recursive: true })
      await cp(join(openBundle('legacy').folder, 'legacy'), join(folder, 'legacy'), {
        recursive: true,
      })
      const { run } = start()
      const bundle = { ...kinds, folder }
      expect(await run('kinds:Tools.give', { value: 'esm' }, { bundle })).toMatchObject({
        content: [{ text: 'esm' }],
      })
      expect(await run('kinds/legacy:Legacy.greet', { name: 'cjs' }, { bundle })).toMatchObject({
        content: [{ text: 'hello/cjs' }],
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('close while a busy loop runs ends it', async () => {
    const { executor, beginCall } = start()
    const spinning = beginCall('faults:Faults.spin')
    await spinning.begun
    await Promise.all([
      expect(spinning.result).rejects.toMatchObject({ code: 'SHUTTING_DOWN' }),
      executor.close(),
    ])
  })
})

describe.each(POOLED_KINDS)('a trial load of the %s executor', (kind) => {
  const start = (setup?: ExecutorSetup) => startKind(kind, setup)
  const method = (moduleName: string) => [{ moduleName, className: 'A', functionName: 'b' }]

  test('a module that never ends loading is given up', async () => {
    const { executor } = start({ checkTimeoutMs: 300 })
    expect(await executor.check(openBundle('faults'), method('endless'))).toEqual([
      'The modules did not load within 300 ms',
    ])
  })

  test('a module that ends its process is named a problem', async () => {
    const { executor } = start()
    expect(await executor.check(openBundle('faults'), method('exiting'))).toEqual([
      'The modules could not be loaded: their instance died, its code ended it (process.exit, code 7)',
    ])
  })

  test('it leaves no trace in the instance that serves', async () => {
    const { executor, leave } = start()
    const faults = [{ moduleName: 'faults', className: 'Faults', functionName: 'echo' }]
    await leave(1)
    expect(await executor.check(openBundle('faults'), faults)).toEqual([])
    expect(await leave(2)).toEqual({ before: 1 })
  })

  test('only so many run at the same time, and close ends them', async () => {
    const { executor } = start()
    const check = () => executor.check(openBundle('faults'), method('endless'))
    const running = [check(), check(), check(), check()].map((each) =>
      expect(each).rejects.toMatchObject({ code: 'SHUTTING_DOWN' }),
    )
    await expect(check()).rejects.toMatchObject({ code: 'BUSY' })
    await executor.close()
    await Promise.all(running)
    await expect(check()).rejects.toMatchObject({ code: 'SHUTTING_DOWN' })
  })
})

describe('output', () => {
  test('nothing that a bundle prints reaches the gateway’s standard output', async () => {
    const script = fileURLToPath(new URL('print-in-a-worker.js', import.meta.url))
    const child = spawn(process.execPath, [script, openBundle('faults').folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ])
    expect({ stdout, code }).toEqual({ stdout: '', code: 0 })
    for (const writer of [
      'console.log',
      'console.error',
      'process.stdout',
      'fs.writeSync',
      'a named import',
      'fs.writeFileSync',
      'fs.appendFileSync',
      'fs.write',
      'a stream',
      'execSync',
      'a child',
    ])
      expect(stderr).toContain(`printed by ${writer}`)
  })

  test('a flood of output is cut in the log', async () => {
    const { log, lines } = recordingLog()
    const { run } = startWorker({ log })
    for (let round = 0; round < 20; round += 1)
      await run('faults:Faults.printMuch', { lines: 5000 })
    const printed = lines.filter(({ message }) => message === 'a bundle wrote to stdout')
    const characters = printed.map(({ fields }) => String(fields['output']).length)
    expect(printed.length).toBeGreaterThan(0)
    expect(characters.reduce((sum, length) => sum + length)).toBeLessThan(1_500_000)
    expect(Math.max(...characters)).toBeLessThanOrEqual(8192)
  })
})
