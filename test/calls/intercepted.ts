/** Requests to the database that a test holds up, loses the answer of, counts or changes. */
import type { Aws } from '../../src/aws/aws.js'

/** What a request asks for, as its command had it. */
export type Input = Record<string, unknown>

/** Does what it likes before and after the request is sent. `send` gives what was answered. */
export type Intercept = (input: Input, send: () => Promise<unknown>) => Promise<void>

/** From now on every request of this client goes by way of it. */
export function intercept({ db }: Aws, around: Intercept): void {
  const inputs = new WeakMap<object, Input>()
  db.middlewareStack.add(
    (next, context) => (args) => {
      inputs.set(context, args.input as Input)
      return next(args)
    },
    { step: 'initialize', name: 'remember' },
  )
  db.middlewareStack.add(
    (next, context) => async (args) => {
      let answer: Awaited<ReturnType<typeof next>> | undefined
      await around(inputs.get(context) ?? {}, async () => {
        answer = await next(args)
        return answer.output
      })
      if (answer === undefined) throw new Error('the request was not sent')
      return answer
    },
    { step: 'finalizeRequest', name: 'intercept', priority: 'low' },
  )
}

/** A row that says that a call has begun, and runs. */
export function isStart(input: Input): boolean {
  const values = Object.values((input['ExpressionAttributeValues'] as Input | undefined) ?? {})
  return 'UpdateExpression' in input && values.filter((value) => value === 'in_process').length > 1
}

/** The answer to the first of such requests is lost on its way back. */
export function loseAnswer(aws: Aws, isLost: (input: Input) => boolean) {
  let lost = 0
  intercept(aws, async (input, send) => {
    await send()
    if (lost > 0 || !isLost(input)) return
    lost += 1
    throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
  })
  return { lostCount: () => lost }
}

/** Holds up such requests until they are let go. */
export function holdRequests(aws: Aws, isHeld: (input: Input) => boolean) {
  const held: { go(): void; readonly gone: Promise<void> }[] = []
  const waiting: (() => void)[] = []
  let isOver = false
  intercept(aws, async (input, send) => {
    if (isOver || !isHeld(input)) {
      await send()
      return
    }
    let finish = (): void => undefined
    const gone = new Promise<void>((resolve) => {
      finish = resolve
    })
    await new Promise<void>((go) => {
      held.push({ go, gone })
      for (const tell of waiting.splice(0)) tell()
    })
    try {
      await send()
    } finally {
      finish()
    }
  })
  return {
    /** Settles when as many are being held, or were. */
    async count(wanted: number): Promise<void> {
      while (held.length < wanted)
        await new Promise<void>((resolve) => {
          waiting.push(resolve)
        })
    },
    /** Lets one go, in the order in which they came. Settles when it was answered. */
    async letGo(at: number): Promise<void> {
      held[at]?.go()
      await held[at]?.gone
    },
    /** From now on none is held. */
    letAllGo(): void {
      isOver = true
      for (const each of held) each.go()
    },
  }
}
