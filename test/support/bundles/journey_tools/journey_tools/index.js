import { once } from 'node:events'

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

  text() {
    return 'hello'
  }

  item({ uri, params }) {
    return params.id === 'none' ? undefined : { uri, id: params.id }
  }

  greet({ name, tone = 'kind' }) {
    return `Greet ${name} in a ${tone} tone`
  }
}
