/** Functions that take their time: with the tasks extension the client fetches their results. */
import { setTimeout as sleep } from 'node:timers/promises'

const confirmation = (message) => ({
  message,
  requestedSchema: {
    type: 'object',
    properties: { confirm: { type: 'boolean' } },
    required: ['confirm'],
  },
})

export class Tasks {
  greet({ name }) {
    return `Hello, ${name}!`
  }

  async slowCompute({ seconds, label }, call) {
    await sleep(seconds * 1000, undefined, { signal: call.signal })
    return `Computed ${label ?? 'it'} for ${seconds} s`
  }

  async failingJob(_args, call) {
    await sleep(1000, undefined, { signal: call.signal })
    throw new Error('The job failed')
  }

  /** JSON cannot hold it, so it is no result at all. */
  protocolErrorJob() {
    return { content: [{ type: 'text', text: 1n }] }
  }

  async confirmDelete({ filename }, call) {
    const { action, content } = await call.elicit('confirm', confirmation(`Delete ${filename}?`))
    return action === 'accept' && content.confirm ? `Deleted ${filename}` : `Kept ${filename}`
  }

  async multiInput(_args, call) {
    const answers = await Promise.all([
      call.elicit('first', confirmation('The first?')),
      call.elicit('second', confirmation('The second?')),
    ])
    return `Answered: ${answers.map(({ action }) => action).join(', ')}`
  }

  async withTask(_args, call) {
    const { content } = await call.elicit('user_name', {
      message: 'What is your name?',
      requestedSchema: {
        type: 'object',
        properties: { name: { type: 'string' } },
        required: ['name'],
      },
    })
    return `Hello, ${content.name}!`
  }
}
