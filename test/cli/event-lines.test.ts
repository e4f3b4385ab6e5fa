import { expect, it } from 'vitest'
import { toEventJson, toEventLine } from '../../src/cli/event-lines.js'

const time = '2026-11-21T16:05:22.759Z'
const call = { time, callId: '01a1-00', function: { type: 'tool', name: 'add' } }
const told = (data: object) => ({ id: '1-1.1-1', name: 'x', data: JSON.stringify(data) })

it.each([
  [{ type: 'call.started', ...call }, 'call.started         tool add  01a1-00'],
  [
    { type: 'call.progress', ...call, progress: 3, total: 5, message: 'half\n' },
    String.raw`call.progress        tool add  3 of 5: half\u000a  01a1-00`,
  ],
  [{ type: 'call.progress', ...call, progress: 3 }, 'call.progress        tool add  at 3  01a1-00'],
  [
    { type: 'call.completed', ...call, status: 'completed', durationMs: 2345 },
    'call.completed       tool add  completed  2.3 s  01a1-00',
  ],
  [
    {
      type: 'call.failed',
      ...call,
      status: 'timed_out',
      durationMs: 5,
      error: { code: 'CALL_TIMED_OUT', message: 'too slow' },
    },
    'call.failed          tool add  timed_out (CALL_TIMED_OUT)  5 ms  01a1-00',
  ],
  [
    { type: 'catalog.changed', time, list: 'prompts' },
    'catalog.changed      the list of prompts has changed',
  ],
  [
    { type: 'resource.updated', time, uri: 'demo://\u001b[2J' },
    String.raw`resource.updated     resource demo://\u001b[2J has changed`,
  ],
  [{ type: 'gap', time, message: 'lost' }, 'gap                  lost'],
  [{ type: 'server.closing', time, message: 'stops' }, 'server.closing       stops'],
])('%j is one line that can be read', (event, line) => {
  expect(toEventLine(told(event))).toBe(`${time}  ${line}`)
})

it('an event of another version is shown as it came, and moves no cursor', () => {
  const event = { type: 'moon.rose', text: '\u001b[2J' }
  expect(toEventLine({ name: 'moon\r', data: JSON.stringify(event) })).toBe(
    String.raw`moon\u000d  {"type":"moon.rose","text":"\u001b[2J"}`,
  )
  expect(toEventLine({ data: 'no\njson' })).toBe(String.raw`message  "no\njson"`)
})

it('as JSON it is the event with its id, with all that it has', () => {
  const event = { type: 'gap', time, message: '\u009b', more: 1 }
  const line = toEventJson(told(event))
  expect(line).not.toContain('\u009b')
  expect(JSON.parse(line)).toEqual({ id: '1-1.1-1', ...event })
  expect(JSON.parse(toEventJson({ name: 'odd', data: 'text' }))).toEqual({
    type: 'odd',
    data: 'text',
  })
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  expect(JSON.parse(toEventJson({ name: 'deep', data: deep }))).toEqual({
    type: 'deep',
    data: deep,
  })
})
