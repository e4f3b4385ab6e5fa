/** Tool calls without pause until the gateway is gone, and what was answered by then. */
import { modernPost } from '../support/modern-post.js'
import type { Gateway } from '../support/product.js'
import { createSeeded } from '../support/seeded.js'

export interface Answered {
  /** Its arguments, which no other call has, as they are recorded. */
  readonly asked: string
  readonly result: CallResult
}

interface CallResult {
  readonly content: readonly unknown[]
  readonly structuredContent?: unknown
  readonly _meta?: Readonly<Record<string, unknown>>
}

export interface KilledLoad {
  /** Calls that were sent, answered or not. */
  readonly sentCount: number
  readonly answered: readonly Answered[]
  /** Sends calls until it kills the gateway, at some point of its work. */
  runAndKill(gateway: Gateway, token: string): Promise<void>
}

const SHORT_WORKERS = 12
const LONG_WORKERS = 4

/** Steps of 20 ms; of the long calls some run when the first of them has ended. */
const FEWEST_STEPS = 6
const MOST_ANSWERS_MORE = 30

interface ToolCall {
  readonly name: string
  readonly arguments: { readonly n: number } & Readonly<Record<string, unknown>>
}

export function createKilledLoad(seed: number): KilledLoad {
  const random = createSeeded(seed)
  const answered: Answered[] = []
  let serial = 0

  return {
    answered,
    get sentCount() {
      return serial
    },
    async runAndKill(gateway, token) {
      let isGone = false
      let answersLeft = Infinity
      const work = async (toCall: (n: number) => ToolCall) => {
        while (!isGone) {
          const call = toCall(serial++)
          const result = await callTool(gateway, token, call)
          if (result === undefined) continue
          answered.push({ asked: JSON.stringify(call.arguments), result })
          if (call.name === 'long_call' && answersLeft === Infinity)
            answersLeft = random.integer(0, MOST_ANSWERS_MORE)
          else answersLeft -= 1
          if (answersLeft > 0 || isGone) continue
          isGone = true
          gateway.send('SIGKILL')
        }
      }
      const short = (n: number) => ({ name: 'echo', arguments: { text: `call ${n}`, n } })
      const workers = Array.from({ length: SHORT_WORKERS }, () => work(short))
      for (let worker = 0; worker < LONG_WORKERS; worker++) {
        const steps = FEWEST_STEPS + 2 * worker
        workers.push(work((n) => ({ name: 'long_call', arguments: { steps, n } })))
      }
      await Promise.all(workers)
      await gateway.ended
    },
  }
}

/** @returns undefined when the connection broke before there was a whole answer */
async function callTool(
  { url }: Gateway,
  token: string,
  call: ToolCall,
): Promise<CallResult | undefined> {
  let text = ''
  try {
    const { body } = await fetch(
      new URL('/default/mcp', url),
      modernPost('tools/call', call, token),
    )
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk
  } catch {
    // What had come by then counts.
  }
  const [, result] = /^(?:data: )?(\{"jsonrpc".*"(?:result|error)":.*\})$/m.exec(text) ?? []
  if (result === undefined) return undefined
  const answer = JSON.parse(result) as { result?: CallResult; error?: unknown }
  if (answer.result === undefined) throw new Error(`a call was refused: ${result}`)
  return answer.result
}
