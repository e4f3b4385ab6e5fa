import { expect, it } from 'vitest'
import { openTerminal } from './program.js'

const secrets = {
  ADMIN_STATIC_TOKEN: 'the-admin-token-from-the-environment',
  JWT_SECRET_KEY: 'the-signing-key-from-the-environment',
}

it.each([
  [['--url', 'gateway'], /^--url: expected the http or https URL of a gateway, such as /],
  [['--url', 'ftp://localhost'], /^--url: /],
  [['--url', 'http://ann:secret@localhost'], /^--url: /],
  [['--url', 'http://localhost/?x=1'], /^--url: /],
  [['--endpoint', 'MCP'], /^--endpoint: must be /],
  [['--types', ''], /^--types: expected a list such as call\.\*,catalog\.changed\n/],
  [['--types', 'call.failed, gap'], /^--types: /],
  [['--token', 'x'], /^Unknown option '--token'/],
  [['now'], /^Unexpected argument 'now'/],
])(
  'events tail %j is wrong usage: the flag and what was expected are named',
  async (args, said) => {
    const { exitCode, stdout, stderr } = await openTerminal(secrets).run('events', 'tail', ...args)
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(said)
    expect(stderr).toMatch(/\nSee: mcp-daemon --help\n$/)
  },
)

it('events tail needs a URL where the configuration names no port', async () => {
  const outcome = await openTerminal({ ...secrets, PORT: '0' }).run('events', 'tail')
  expect(outcome).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^--url: needed/) })
})

it('events tail does not send what cannot be a token', async () => {
  const outcome = await openTerminal({ ...secrets, MCP_TOKEN: 'two words' }).run('events', 'tail')
  expect(outcome).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('MCP_TOKEN must ') })
})

it.each([
  [{ PORT: '1' }, 'http://127.0.0.1:1: '],
  [{ HOST: '0.0.0.0', PORT: '1' }, 'http://127.0.0.1:1: '],
  [{ PUBLIC_URL: 'http://localhost:1/base/' }, 'http://localhost:1: '],
])('events tail of %j says where nobody answers', async (env, where) => {
  const { exitCode, stderr } = await openTerminal({ ...secrets, ...env }).run('events', 'tail')
  expect(exitCode).toBe(1)
  expect(stderr.startsWith(where)).toBe(true)
  expect(stderr.split('\n')).toHaveLength(2)
})

it('events tail warns before a token goes over plain HTTP to another machine', async () => {
  const terminal = openTerminal(secrets)
  const { stderr } = await terminal.run('events', 'tail', '--url', 'http://0.0.0.0:1')
  expect(stderr).toMatch(/^warning: the token goes to 0\.0\.0\.0:1 over plain HTTP/)
})
