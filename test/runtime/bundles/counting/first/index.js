export class Counter {
  count = 0

  increment() {
    this.count += 1
    return { count: this.count }
  }

  /** Waits for its client in between. */
  async hold(_input, call) {
    call.progress(1)
    await call.elicit('go', { message: 'Go on?', requestedSchema: { type: 'object' } })
    return this.increment()
  }
}
