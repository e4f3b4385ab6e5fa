const name = (message = 'Your name?') => ({
  message,
  requestedSchema: {
    type: 'object',
    properties: { name: { type: 'string' } },
    required: ['name'],
  },
})

/** What happened to the gated calls of this instance, and how to let them go on. */
const gates = new Map()

function gate(key) {
  if (!gates.has(key)) {
    const made = { notes: [] }
    made.opened = new Promise((resolve) => {
      made.open = resolve
    })
    gates.set(key, made)
  }
  return gates.get(key)
}

export class TaskTools {
  greet({ name }) {
    return `Hello, ${name}!`
  }

  /** Goes on when somebody opens its gate, or when it is aborted. */
  async gated({ key }, call) {
    const { notes, opened } = gate(key)
    notes.push('began')
    call.signal.addEventListener('abort', () => notes.push('aborted'))
    const aborted = new Promise((_resolve, reject) => {
      call.signal.addEventListener('abort', () => reject(new Error('aborted')))
    })
    await Promise.race([opened, aborted])
    return { structuredContent: { key }, content: [{ type: 'text', text: `opened ${key}` }] }
  }

  open({ key }) {
    gate(key).open()
    return 'opened'
  }

  notes({ key }) {
    return { notes: gate(key).notes }
  }

  fail() {
    throw new Error('it broke')
  }

  notJson() {
    return { content: [{ type: 'text', text: 1n }] }
  }

  large({ bytes }) {
    return 'x'.repeat(bytes)
  }

  forge() {
    return { content: [], resultType: 'task', taskId: 'forged', status: 'working' }
  }

  async confirm(_args, call) {
    const { action, content } = await call.elicit('user', name())
    return action === 'accept' ? `Hello, ${content.name}!` : `the user chose to ${action}`
  }

  async both(_args, call) {
    const [first, second] = await Promise.all([
      call.elicit('first', name('First?')),
      call.elicit('second', name('Second?')),
    ])
    return { names: [first.content.name, second.content.name] }
  }

  async careful({ chars = 1 }, call) {
    try {
      await call.elicit('user', name('?'.repeat(chars)))
    } catch (error) {
      return `not asked: ${error.message}`
    }
    return 'asked'
  }

  /** Asks once or twice; counts how often it ran. */
  async interview({ questions = 1 }, call) {
    call.state.runs = (call.state.runs ?? 0) + 1
    const names = []
    for (let n = 1; n <= questions; n++) {
      const { content } = await call.elicit(`name-${n}`, name(`Name ${n}?`))
      names.push(content.name)
    }
    return { names, runs: call.state.runs }
  }
}
