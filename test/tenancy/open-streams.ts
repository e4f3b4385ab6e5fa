/** Streams that stand open: whatever they say is looked through, until others need their places. */
import type { Draw } from './draw.js'
import type { Watch } from './watch.js'
import type { Sent } from './wire.js'

export interface OpenStreams {
  /** Settles when it has said something, or has ended. */
  hold(index: number, draw: Draw, sent: Sent): Promise<void>
  /** How many frames were heard in all. */
  pieces(): number
  close(): Promise<void>
}

/** How long a stream may be silent before others go on, in milliseconds: some say nothing at first. */
const FIRST_WORD_MS = 20

export function createOpenStreams(places: number, watch: Watch): OpenStreams {
  const open: Sent['body'][] = []
  let frames = 0
  const leave = async (body: Sent['body']) => {
    if (body.closed) return
    const closed = new Promise((resolve) => body.once('close', resolve))
    body.destroy()
    await closed
  }
  return {
    hold: async (index, draw, { body, ...head }) => {
      let isCounted = false
      let rest = ''
      let first = () => undefined as void
      const spoken = new Promise<void>((resolve) => (first = resolve))
      const hear = (text: string) => {
        if (isCounted) watch.heard(index, draw, text)
        else watch.answered(index, draw, { ...head, text })
        isCounted = true
        if (text !== '') draw.learn?.({ ...head, text })
        first()
      }
      body.setEncoding('utf8')
      // Whoever leaves a stream breaks it off.
      body.on('error', first)
      body.on('data', (chunk: string) => {
        const whole = `${rest}${chunk}`.split('\n\n')
        rest = whole.pop() ?? ''
        frames += whole.length
        if (whole.length > 0) hear(`${whole.join('\n\n')}\n\n`)
      })
      body.once('close', () => {
        if (rest !== '') hear(rest)
        first()
      })
      open.push(body)
      const oldest = open.length > places ? open.shift() : undefined
      if (oldest) await leave(oldest)
      const timer = setTimeout(first, FIRST_WORD_MS)
      await spoken
      clearTimeout(timer)
      if (!isCounted) hear('')
    },
    pieces: () => frames,
    close: async () => {
      await Promise.all(open.splice(0).map(leave))
    },
  }
}
