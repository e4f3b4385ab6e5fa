import { expect, it } from 'vitest'
import { openTerminal } from './program.js'

it.each([
  [['list', '--type', 'agent'], /^--type: expected one of tool, resource, resource_template, /],
  [['list', '--status', 'done'], /^--status: expected one of in_process, completed, failed, /],
  [['list', '--from', 'noon'], /^--from: expected a time such as /],
  [['list', '--to', '5'], /^--to: expected a time such as /],
  [['list', '--from', '1h', '--to', '2h'], /^--from: expected a time before that of --to\n/],
  [['list', '--limit', '0'], /^--limit: must be a whole number from 1 to 1000\n/],
  [['list', '--limit', '1001'], /^--limit: /],
  [['list', '--limit', '1e2'], /^--limit: /],
  [['list', '--function', ''], /^--function: expected the name of a tool or prompt, or a URI\n/],
  [['list', '--user', ''], /^--user: expected the name of a user\n/],
  [['list', '--endpoint', 'MCP'], /^--endpoint: must be /],
  [['list', 'lookup'], /^Unexpected argument 'lookup'/],
  [['show'], /^calls show: expected one ID, as calls list shows them\n/],
  [['show', 'a', 'b'], /^calls show: expected one ID/],
  [['tail', '--status', 'in_process'], /^--status: expected one that a call ends with/],
  [['tail', '--limit', '5'], /^Unknown option '--limit'/],
  [['settings', '--shards', '0'], /^--shards: must be a whole number from 1 to 256\n/],
  [['settings', '--shards', '257'], /^--shards: /],
  [['settings', '--redact', 'password'], /^--redact: expected a JSON pointer such as \/password/],
  [['settings', '--redact', '/a', '--no-redact'], /^--no-redact: expected without --redact/],
  [
    ['settings', ...Array.from({ length: 101 }, () => '--redact=/a')],
    /^--redact: expected at most 100 of them\n/,
  ],
  [['count'], /^Unknown command: calls count\n/],
])('calls %j is wrong usage: the flag and what was expected are named', async (args, said) => {
  const { exitCode, stdout, stderr } = await openTerminal({}).run('calls', ...args)
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(said)
  expect(stderr).toMatch(/\nSee: mcp-daemon --help\n$/)
})
