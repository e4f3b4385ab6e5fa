/** What runs in a process of its own: the other end of `instances/start-process.ts`. */
import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { createInstanceHost } from './instance-host.js'
import { createLineReader, splitLine, toLine } from './message-lines.js'
import { lockProcess } from './process-locks.js'
import { readThrown } from './thrown.js'
import type { GatewayMessage, InstanceMessage } from './instance-messages.js'

/** Standard output is the code's; the gateway is spoken to here. */
const CHANNEL = 3

lockProcess()
// A terminal or a service manager tells the whole group: the gateway ends its instances itself.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
const channel = new Socket({ fd: CHANNEL, readable: true, writable: true })
let receive: ((message: GatewayMessage) => void) | undefined
/** Lines of results, in order. */
let waiting = ''

channel.setEncoding('utf8')
channel.on('data', createLineReader(Infinity, { onLine, onTooLong: () => undefined }))
// The gateway is gone, however it went: nobody needs this process any longer.
channel.on('close', () => process.exit(0))
channel.on('error', () => process.exit(0))
process.on('uncaughtExceptionMonitor', tellWhatKills)

/** The gateway alone writes these lines, so they are what they say. */
function onLine(line: string): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `toLine` of the gateway
  if (receive !== undefined) return receive(splitLine(line) as unknown as GatewayMessage)
  receive = createInstanceHost(JSON.parse(line), say)
  say(['ready'])
}

/** Results of one turn of the event loop go out in one write; what is said meanwhile, at once. */
function say(message: InstanceMessage): void {
  if (message[0] !== 'result') return flush(toLine(message))
  if (waiting === '') setImmediate(flush, '')
  waiting += toLine(message)
}

function flush(line: string): void {
  const lines = waiting + line
  waiting = ''
  if (lines !== '') channel.write(lines)
}

/** At once: the process ends with the call of this function. */
function tellWhatKills(error: unknown): void {
  const { message, stack } = readThrown(error)
  try {
    writeSync(CHANNEL, `${JSON.stringify(['thrown', (stack ?? message).slice(0, 4000)])}\n`)
  } catch {
    // The channel is full or gone: the exit code says enough.
  }
}
