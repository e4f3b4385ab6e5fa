/** Draws requests, many at a time, sends them, and shows every answer to the watch. */
import type { Draw } from './draw.js'
import { draw } from './makers/makers.js'
import { createOpenStreams, type OpenStreams } from './open-streams.js'
import type { Watch } from './watch.js'
import type { Wire } from './wire.js'
import { choicesOf, type World } from './world.js'

export interface RunOptions {
  readonly requests: number
  readonly wire: Pick<Wire, 'send'>
  readonly watch: Watch
  /** Requests of theirs stand open until the end. */
  readonly standing?: readonly Draw[]
  /** Asked first, one after the other, beside `requests`. */
  readonly first?: readonly (() => Draw)[]
  /** Of the first request. Default: 0. */
  readonly from?: number
}

/** Requests at a time. */
const LANES = 24
/** Streams at a time beside those that stand to the end; the oldest makes room. */
const STREAMS = 48

/** @returns how many pieces the streams have said that stood to the end */
export async function runDraws(world: World, options: RunOptions): Promise<number> {
  const { requests, from = 0, watch, standing = [], first = [] } = options
  const ears = createOpenStreams(standing.length, watch)
  const streams = createOpenStreams(STREAMS, watch)
  for (const [index, each] of standing.entries()) await ask(options, ears, -1 - index, each)
  for (const [index, make] of first.entries()) await ask(options, streams, -1000 - index, make())
  let next = from
  const lane = async () => {
    while (next < from + requests && watch.findings.length === 0) {
      const index = next++
      await ask(options, streams, index, draw(world, choicesOf(world, index)))
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  await Promise.all([streams.close(), ears.close()])
  return ears.pieces()
}

async function ask(
  { wire, watch }: RunOptions,
  streams: OpenStreams,
  index: number,
  drawn: Draw,
): Promise<void> {
  try {
    const { status, headers, body } = await wire.send(drawn.request)
    const isStream = String(headers['content-type']).startsWith('text/event-stream')
    const answer = { status, headers }
    if (drawn.isEndless && isStream) return await streams.hold(index, drawn, { ...answer, body })
    const whole = { ...answer, text: await body.text() }
    watch.answered(index, drawn, whole)
    drawn.learn?.(whole)
  } catch (error) {
    watch.broken(index, drawn, error)
  }
}
