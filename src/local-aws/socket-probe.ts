import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 25

/** True when something accepts connections on this socket. */
export function isAnswering(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Asks again and again, since other processes announce nothing; undefined at the time limit. */
export async function pollUntil<Found>(
  ask: () => Promise<Found | undefined>,
  timeoutMs: number,
): Promise<Found | undefined> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const found = await ask()
    if (found !== undefined || performance.now() >= deadline) return found
    await delay(POLL_MS)
  }
}
