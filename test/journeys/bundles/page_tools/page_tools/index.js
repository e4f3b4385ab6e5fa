import { once } from 'node:events'

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

export class PageTools {
  add({ a, b }) {
    return { sum: a + b }
  }

  order(order) {
    return { order }
  }

  async greet({ salutation = 'Hello' }, call) {
    const { action, content } = await call.elicit('who', {
      message: 'Who is to be greeted?',
      requestedSchema: {
        type: 'object',
        properties: { name: { type: 'string', title: 'Name', minLength: 2 } },
        required: ['name'],
      },
    })
    return action === 'accept'
      ? `${salutation}, ${content.name}!`
      : `${salutation}, whoever you are!`
  }

  picture() {
    return { content: [{ type: 'image', data: PIXEL, mimeType: 'image/png' }] }
  }

  letter() {
    return 'Dear Ann, '.repeat(2000)
  }

  async wait(_args, call) {
    call.progress(1, 4, 'waiting for the end')
    await once(call.signal, 'abort')
    return 'never said'
  }

  fail() {
    throw new Error('<b>the kettle</b> is empty')
  }
}
