/** What runs in a process of listeners: asked by message, it opens event streams and counts. */
import { connect } from 'node:net'
import type { ListenersAnswer, ListenersOrder, StreamsOrder } from './start-listeners.js'

/** The last byte of each event of `targets/event-server.mjs`, and of nothing else. */
const END = 0x5e
/** Streams that are opened at a time. */
const WAVE = 100
const READ_BYTES = 64 * 1024
const OK = 'HTTP/1.1 200'

interface Listener {
  seen: number
  readonly close: () => void
}

const listeners: Listener[] = []
/** What they all read into: nothing of it is kept. */
const buffer = Buffer.alloc(READ_BYTES)
/** Events that each is to have seen, and how many have not. */
let expected = 0
let missing = 0

process.once('disconnect', () => process.exit())
process.on('message', (order: ListenersOrder) => {
  obey(order).catch((error: unknown) => say({ error: String(error) }))
})

async function obey(order: ListenersOrder): Promise<void> {
  if (order.kind === 'open') {
    await open(order)
    return say({ listeners: listeners.length })
  }
  if (order.kind === 'close') {
    for (const { close } of listeners.splice(0)) close()
    return say({ listeners: 0 })
  }
  // What was not counted yet is an event too many.
  for (const { seen } of listeners) if (seen !== expected) throw tooMany(seen)
  expected += order.count
  missing = listeners.length
  say({ listeners: missing })
}

function say(answer: ListenersAnswer): void {
  process.send?.(answer)
}

/** In waves, so that no server's queue of connections runs over. */
async function open({ port, path, tokens, each }: StreamsOrder): Promise<void> {
  const all = tokens.flatMap((token) => Array.from({ length: each }, () => token))
  expected = 0
  for (let at = 0; at < all.length; at += WAVE) {
    const wave = all.slice(at, at + WAVE).map((token) => listen(port, { path, token }))
    listeners.push(...(await Promise.all(wave)))
  }
}

async function listen(
  port: number,
  { path, token }: { readonly path: string; readonly token: string },
): Promise<Listener> {
  let begun: (() => void) | undefined
  let head = ''
  const onData = (length: number) => {
    if (begun === undefined) return count(listener, length)
    head += buffer.toString('latin1', 0, length)
    if (head.includes('\n\n') || !head.startsWith(OK)) begun()
    return true
  }
  const socket = connect({ host: '127.0.0.1', port, onread: { buffer, callback: onData } })
  const listener: Listener = { seen: 0, close: () => socket.removeAllListeners().destroy() }
  const opened = new Promise<void>((resolve, reject) => {
    begun = resolve
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`the stream was closed:\n${head}`)))
  })
  socket.write(
    `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: text/event-stream\r\n` +
      `authorization: Bearer ${token}\r\n\r\n`,
  )
  await opened
  begun = undefined
  if (!head.startsWith(OK)) throw new Error(`not an event stream:\n${head}`)
  head = ''
  const fail = (error?: Error) => say({ error: `a listener was cut off: ${String(error)}` })
  socket.removeAllListeners('close').removeAllListeners('error').on('close', fail).on('error', fail)
  return listener
}

function count(listener: Listener, length: number): boolean {
  const read = buffer.subarray(0, length)
  for (let at = read.indexOf(END); at !== -1; at = read.indexOf(END, at + 1)) hear(listener)
  return true
}

function hear(listener: Listener): void {
  listener.seen += 1
  if (listener.seen > expected) return say({ error: String(tooMany(listener.seen)) })
  if (listener.seen < expected || --missing > 0) return
  say({ lastAt: Number(process.hrtime.bigint()) / 1e6 })
}

function tooMany(seen: number): Error {
  return new Error(`a listener has ${seen} events, not ${expected}`)
}
