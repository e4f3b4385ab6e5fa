import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

const STEP_MS = 20
const NAMES = ['Ada', 'Alan', 'Ann', 'Barbara', 'Grace']
const TONES = ['kind', 'stern']

export class JourneyTools {
  echo({ text }) {
    return text
  }

  fail() {
    throw new Error('the kettle is empty')
  }

  refuse() {
    return { content: [{ type: 'text', text: 'no tea today' }], isError: true }
  }

  async steps(_args, call) {
    for (const step of [1, 2, 3]) {
      call.log('info', { step }, 'steps')
      call.progress(step, 3, `step ${step}`)
    }
    call.log('debug', 'done')
    return 'done'
  }

  spin() {
    for (;;);
  }

  async wait(_args, call) {
    call.log('info', 'waiting')
    await once(call.signal, 'abort')
    return 'cancelled'
  }

  liar() {
    return { n: 'one' }
  }

  whoami(_args, call) {
    return { endpointId: call.endpointId, userId: call.userId, callId: call.callId }
  }

  async flood(_args, call) {
    for (let n = 0; n < 900; n++) call.log('info', 'x'.repeat(10_000))
    return 'done'
  }

  large({ bytes }) {
    return 'x'.repeat(bytes)
  }

  region({ region }) {
    return `region=${region}`
  }

  announce({ uri, kind }, call) {
    if (uri !== undefined) call.resourceUpdated(uri)
    if (kind !== undefined) call.listChanged(kind)
    return 'announced'
  }

  async longCall({ steps }, call) {
    let done = 0
    while (done < steps && !call.signal.aborted) {
      call.progress(++done, steps)
      await sleep(STEP_MS)
    }
    return { done }
  }

  async closeStream({ ms }, call) {
    call.closeStream()
    await sleep(ms, undefined, { signal: call.signal })
    return 'answered after the stream was closed'
  }

  async background({ ms }, call) {
    await sleep(ms, undefined, { signal: call.signal })
    return 'done in the background'
  }

  async backgroundAsk(_args, call) {
    const { action, content } = await call.elicit('name', {
      message: 'Your name?',
      requestedSchema: {
        type: 'object',
        properties: { name: { type: 'string' } },
        required: ['name'],
      },
    })
    return action === 'accept' ? `Hello, ${content.name}!` : `No name: ${action}`
  }

  trace(_args, call) {
    return call.traceparent ?? 'no trace'
  }

  notJson() {
    return { amount: 1n }
  }

  text() {
    return 'hello'
  }

  item({ uri, params }) {
    return params.id === 'none' ? undefined : { uri, id: params.id }
  }

  /** Of three hundred items those whose id begins with what was typed. */
  completeItem({ argument }) {
    const ids = Array.from({ length: 300 }, (_none, id) => String(id))
    return ids.filter((id) => id.startsWith(argument.value))
  }

  /** Ada, when she is known by then, may be admired too. */
  completeGreet({ argument, arguments: known }) {
    const tones = known.name === 'Ada' ? ['admiring', ...TONES] : TONES
    const values = argument.name === 'name' ? NAMES : tones
    return values.filter((value) => value.startsWith(argument.value))
  }

  greet({ name, tone = 'kind' }) {
    return `Greet ${name} in a ${tone} tone`
  }
}
