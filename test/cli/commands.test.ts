import { expect, it } from 'vitest'
import { settings } from '../../src/config/config.js'
import { mcpDaemon, run } from '../support/product.js'
import { openTerminal } from './program.js'

const type = (...args: string[]) => openTerminal({}).run(...args)

it.each([[['--help']], [['help']], [[]], [['start', '--help']]])(
  '%j shows it all',
  async (args) => {
    const { exitCode, stdout, stderr } = await type(...args)
    expect([exitCode, stderr]).toEqual([0, ''])
    for (const command of [
      'start [--stdio]',
      'token --user',
      'dev FOLDER',
      'bundle init NAME [--ts]',
      'bundle validate PATH',
      'bundle build PATH [--out FILE]',
      'bundle push PATH',
      'calls list [--endpoint E]',
      'calls show ID',
      'calls tail',
      'calls settings',
      'events tail [--url URL]',
      'local-aws',
    ])
      expect(stdout).toContain(command)
    for (const name of Object.keys(settings)) expect(stdout).toMatch(new RegExp(`^ +${name} `, 'm'))
    expect(stdout).toMatch(/^ +PORT +.*\[8000\]$/m)
  },
)

it.each([[['--version']], [['help', '--version']]])('%j is the version alone', async (args) => {
  expect(await type(...args)).toEqual({ exitCode: 0, stdout: '1.2.3\n', stderr: '' })
})

it.each([
  [['sing'], /^Unknown command: sing\n/],
  [['bundle', 'bake'], /^Unknown command: bundle bake\n/],
  [['start', '--loud'], /^Unknown option '--loud'/],
  [['token', 'ann'], /^Unexpected argument 'ann'/],
  [['token', '--user'], /argument missing/],
  [['token', '--role', 'admin'], /^Unknown option '--role'/],
  [['bundle', 'push'], /^bundle push: expected one PATH\n/],
  [['bundle', 'push', 'a', 'b'], /^bundle push: expected one PATH\n/],
  [['bundle', 'push', 'a', '--endpoint', '../up'], /^--endpoint: must be 1 to 63 of /],
  [['bundle', 'push', 'a', '--var', 'KEY'], /^--var KEY: expected NAME=VALUE\n/],
  [['bundle', 'validate'], /^bundle validate: expected one PATH\n/],
  [['bundle', 'build', 'a', 'b'], /^bundle build: expected one PATH\n/],
  [['local-aws', '--port', '70000'], /^--port: must be a whole number from 0 to 65535\n/],
  [['local-aws', '--idle-ms', 'soon'], /^--idle-ms: must be a whole number from 0 to /],
])('%j is wrong usage: exit code 2, what was expected, and where to look', async (args, said) => {
  const { exitCode, stdout, stderr } = await type(...args)
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(said)
  expect(stderr).toMatch(/\nSee: mcp-daemon --help\n$/)
})

it('the built command tells its version and exits with the code of what went wrong', async () => {
  const [asked, mistyped] = [['--version'], ['sing']].map((args) =>
    run([...mcpDaemon, ...args], {}),
  )
  expect([await asked?.ended, await mistyped?.ended]).toEqual([
    { exitCode: 0, signal: null },
    { exitCode: 2, signal: null },
  ])
  expect(asked?.stdout()).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(mistyped?.stderr()).toMatch(/^Unknown command: sing\n/)
})
