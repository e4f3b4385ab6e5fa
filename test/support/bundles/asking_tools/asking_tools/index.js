const name = {
  message: 'Your name?',
  requestedSchema: {
    type: 'object',
    properties: { name: { type: 'string' } },
    required: ['name'],
  },
}

const poem = {
  messages: [{ role: 'user', content: { type: 'text', text: 'A poem' } }],
  maxTokens: 9,
}

let effects = 0

export class AskingTools {
  async greet({ greeting = 'Hello' }, call) {
    const { action, content } = await call.elicit('user', name)
    effects++
    return action === 'accept' ? `${greeting}, ${content.name}!` : `the user chose to ${action}`
  }

  countEffects() {
    return { effects }
  }

  async interview(_args, call) {
    call.state.runs = (call.state.runs ?? 0) + 1
    const first = await call.elicit('first', name)
    const second = await call.elicit('second', name)
    return { names: [first.content.name, second.content.name], runs: call.state.runs }
  }

  async everything(_args, call) {
    const [person, model, { roots }] = await Promise.all([
      call.elicit('person', name),
      call.sample('model', poem),
      call.listRoots('roots'),
    ])
    return { person: person.content?.name, model: model.content.text, roots: roots.length }
  }

  async visit(_args, call) {
    const { action } = await call.elicit('visit', {
      mode: 'url',
      message: 'Sign in',
      url: 'https://example.com/sign-in',
    })
    return `visited: ${action}`
  }

  async sampleWithTools(_args, call) {
    await call.sample('model', { ...poem, tools: [] })
    return 'sampled'
  }

  async impossible(_args, call) {
    await call.elicit('user', { message: 'm', requestedSchema: { type: 'no such type' } })
  }

  async hoard({ bytes }, call) {
    call.state.hoard = 'x'.repeat(bytes)
    await call.elicit('user', name)
    return 'done'
  }

  async careful(_args, call) {
    try {
      await call.elicit('user', name)
    } catch (error) {
      return `not asked: ${error.message}`
    }
    return 'asked'
  }

  async brief(_args, call) {
    const { content } = await call.elicit('user', name)
    return `Be brief with ${content.name}`
  }

  async diary(_input, call) {
    const { content } = await call.elicit('user', name)
    return `Dear ${content.name}`
  }
}
