/**
 * What a call across a thread or a process costs by itself on this machine: one message there, one
 * back, nothing checked, no limits. What the executors add to it is theirs.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

export interface BareInstance {
  readonly pid: number | undefined
  call(value: string): Promise<void>
  close(): Promise<void>
}

type Send = (message: readonly [call: number, input: { readonly value: string }]) => void

/** Calls under way, by number. */
function createCalls(send: Send) {
  const waiting = new Map<number, () => void>()
  let last = 0
  return {
    call: (value: string) =>
      new Promise<void>((resolve) => {
        waiting.set(++last, resolve)
        send([last, { value }])
      }),
    ended: (call: number) => {
      waiting.get(call)?.()
      waiting.delete(call)
    },
  }
}

const target = (name: string) => new URL(`targets/${name}.mjs`, import.meta.url)

export function startBareWorker(): BareInstance {
  const worker = new Worker(target('bare-worker'))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  const calls = createCalls((message) => worker.postMessage(message))
  worker.on('message', ([call]: [number]) => calls.ended(call))
  return {
    pid: undefined,
    call: calls.call,
    close: async () => {
      await worker.terminate()
    },
  }
}

export function startBareChild(): BareInstance {
  const child = spawn(process.execPath, [fileURLToPath(target('bare-child'))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  // What is said in one turn of the loop leaves in one write, as the executors do it.
  let lines = ''
  const flush = () => {
    child.stdin.write(lines)
    lines = ''
  }
  const calls = createCalls((message) => {
    if (lines === '') queueMicrotask(flush)
    lines += `${JSON.stringify(message)}\n`
  })
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const whole = (rest + text).split('\n')
    rest = whole.pop() ?? ''
    for (const line of whole) calls.ended((JSON.parse(line) as [number])[0])
  })
  return {
    pid: child.pid,
    call: calls.call,
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill()
      }),
  }
}
