import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { builtFile } from '../support/built.js'
import { withFileLimit } from '../support/file-limit.js'

it('a log on a full disk ends nobody, and has whole lines again once there is room', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'log-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'log')
  const file = await open(path, 'a')
  onTestFinished(() => file.close())
  const source = `
    const { createLog } = await import(${JSON.stringify(builtFile('telemetry/telemetry.js').href)})
    const log = createLog('info')
    for (let n = 0; n < 100; n++) log.info({ text: 'x'.repeat(100) }, 'filling')
    process.stdout.write('full')
    process.stdin.once('data', () => {
      for (const n of [1, 2]) log.info({ n }, 'room')
      process.stdin.destroy()
    })`
  const node = [process.execPath, '--input-type=module', '-e', source]
  const [program = '', ...args] = withFileLimit(4, node)
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', file.fd] })
  const ended = once(child, 'close')
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error('no pipes')
  expect(String(await Promise.race([once(stdout, 'data'), ended]))).toBe('full')
  expect((await readFile(path)).length).toBe(4096)

  await truncate(path)
  stdin.write('go on')
  expect(await ended).toEqual([0, null])
  const lines = (await readFile(path, 'utf8')).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { n: 1, msg: 'room' },
    { n: 2, msg: 'room' },
  ])
})
