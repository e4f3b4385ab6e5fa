/** What runs in the loader's process: asked by message, it loads one target for a while. */
import { type CallTarget, checkAnswer, toRequestBody, toRequestHead } from './echo-call.js'
import { type HttpConnection, openConnection } from './http-connection.js'
import type { Load, LoadAnswer } from './start-loader.js'

let lastId = 0

process.once('disconnect', () => process.exit())
process.on('message', (load: Load) => {
  run(load).then(say, (error: unknown) => say({ error: String(error) }))
})

function say(answer: LoadAnswer): void {
  process.send?.(answer)
}

/** Closed loop: each connection asks again as soon as it is answered; what runs at the end counts. */
async function run({ target, connections, durationMs }: Load): Promise<LoadAnswer> {
  const opened = await Promise.all(
    Array.from({ length: connections }, () => openConnection(target.port)),
  )
  try {
    const ask = createAsk(target)
    const startedAt = performance.now()
    const askUntilEnd = async (connection: HttpConnection) => {
      let calls = 0
      for (; performance.now() < startedAt + durationMs; calls++) await ask(connection)
      return calls
    }
    const counts = await Promise.all(opened.map(askUntilEnd))
    const calls = counts.reduce((sum, count) => sum + count, 0)
    return { calls, elapsedMs: performance.now() - startedAt }
  } finally {
    for (const connection of opened) connection.close()
  }
}

function createAsk(target: CallTarget): (connection: HttpConnection) => Promise<void> {
  const head = toRequestHead(target)
  return async (connection) => {
    const id = ++lastId
    const body = toRequestBody(id, target.era)
    const length = Buffer.byteLength(body)
    checkAnswer(id, await connection.send(`${head}\r\ncontent-length: ${length}\r\n\r\n${body}`))
  }
}
