import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'

const question = {
  message: 'Your name?',
  requestedSchema: {
    type: 'object',
    properties: { name: { type: 'string' } },
    required: ['name'],
  },
}

export class HoldingTools {
  async hold({ note }, call) {
    call.progress(1)
    if (!call.signal.aborted) await once(call.signal, 'abort')
    await writeFile(note, 'cancelled')
    call.progress(2)
    call.log('error', 'said after the end')
    return 'too late'
  }

  async holdOnAsking({ note }, call) {
    const told = await call.elicit('name', question).catch((error) => error.message)
    await writeFile(note, `${call.signal.aborted ? 'cancelled' : 'goes on'}: ${told}`)
    return 'too late'
  }

  async askAmidWork(_args, call) {
    call.progress(1, 4)
    call.progress(2, 4)
    const { content } = await call.elicit('name', question)
    call.progress(3, 4)
    call.progress(4, 4)
    return `Hello, ${content.name}!`
  }
}
