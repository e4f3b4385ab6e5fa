import { once } from 'node:events'

export class CompletingTools {
  constructor({ languages }) {
    this.languages = languages
  }

  ask() {
    return 'asked'
  }

  complete({ argument, arguments: known }, call) {
    return this[argument.name](known, call)
  }

  completePages({ argument }) {
    if (argument.name !== 'lang') return { values: [`${argument.value}1`], total: 9, hasMore: true }
    return this.languages.filter((language) => language.startsWith(argument.value))
  }

  known(known) {
    return Object.entries(known).map(([name, value]) => `${name}=${value}`)
  }

  throws() {
    throw new Error('the dictionary is lost')
  }

  async waits(_known, call) {
    call.log('info', 'waiting')
    await once(call.signal, 'abort')
    return []
  }

  spins() {
    for (;;);
  }

  async asks(_known, call) {
    await call.listRoots('roots')
    return []
  }

  lies() {
    return { suggestions: [] }
  }

  trace(_known, call) {
    return [call.traceparent, call.userId, call.endpointId]
  }
}
