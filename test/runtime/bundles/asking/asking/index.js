const form = { message: 'Well?', requestedSchema: { type: 'object' } }

/** What runs did that nobody waits for any more, each with its call's id. */
const notes = []
const note = ({ callId }, text) => notes.push({ callId, text })

export class Asking {
  async one(_input, call) {
    return { answer: await call.elicit('one', form) }
  }

  async three(_input, call) {
    const [person, model, roots] = await Promise.all([
      call.elicit('person', form),
      call.sample('model', { messages: [], maxTokens: 5 }),
      call.listRoots('roots'),
    ])
    return { person, model, roots }
  }

  async twice(_input, call) {
    const [first, second] = await Promise.all([call.elicit('one', form), call.elicit('one', form)])
    return { isSame: first === second }
  }

  async otherKind(_input, call) {
    call.elicit('one', form)
    await call.listRoots('one')
  }

  async badly({ method, key, params }, call) {
    await call[method](key, params)
  }

  async endlessly(_input, call) {
    for (let n = 0; ; n++) await call.elicit(`key-${n}`, form).catch(() => undefined)
  }

  async counting(_input, call) {
    call.state.count = (call.state.count ?? 0) + 1
    await call.elicit(`round-${call.state.count}`, form)
    return call.state
  }

  async breakState({ state }, call) {
    call.state = state === 'code' ? { amount: 1n } : state
    await call.elicit('one', form)
  }

  async bigState({ bytes }, call) {
    call.state.text = 'x'.repeat(bytes)
    await call.elicit('one', form)
  }

  /** Goes on while its question is open. */
  async busy(_input, call) {
    call.progress(1)
    const later = new Promise((resolve) => setTimeout(resolve, 20))
    void later.then(() => {
      call.progress(2)
      call.log('info', 'too late')
      note(call, 'went on')
    })
    try {
      await Promise.race([call.elicit('one', form), later.then(() => 'late')])
    } finally {
      note(call, 'finally')
    }
    return 'too late'
  }

  /** No `finally` after a question without an answer. */
  async guarded(_input, call) {
    try {
      await call.elicit('one', form)
    } finally {
      note(call, 'guarded finally')
    }
  }

  readNotes({ callId }) {
    return { notes: notes.filter((each) => each.callId === callId).map(({ text }) => text) }
  }

  async untilRefused(_input, call) {
    call.progress(1)
    try {
      await call.elicit('one', form)
    } catch (error) {
      note(call, error.message)
      return { refusal: error.message, isReal: error instanceof Error }
    }
  }

  /** A question that it does not wait for. */
  careless(_input, call) {
    void call.elicit('one', form)
    return 'done'
  }
}
