/** Functions that speak to more than their caller, and completions. */

const sayAll = ({ resourceUpdated, listChanged, closeStream }) => {
  resourceUpdated('docs://guide')
  listChanged('tools')
  listChanged('prompts')
  listChanged('resources')
  closeStream()
}

export class Notices {
  say(_input, call) {
    call.progress(1)
    sayAll(call)
    return 'said'
  }

  sayAfterTheEnd(_input, call) {
    setImmediate(() => sayAll(call))
    return 'done'
  }

  async sayAfterTheAbort(_input, call) {
    call.progress(1)
    await new Promise((resolve) => call.signal.addEventListener('abort', resolve, { once: true }))
    sayAll(call)
    this.hasSaid = true
  }

  /** The next turn of the event loop comes after whatever an earlier call set in motion. */
  async settle() {
    await new Promise((resolve) => setImmediate(resolve))
    return { hasSaid: this.hasSaid === true }
  }

  flood({ count }, call) {
    for (let n = 0; n < count; n += 1) call.listChanged('tools')
    return 'flooded'
  }

  misuse({ method, value, length }, call) {
    call[method](length === undefined ? value : 'x'.repeat(length))
    return 'taken'
  }

  trace(_input, { traceparent, tracestate, baggage }) {
    return { traceparent, tracestate, baggage }
  }

  complete({ argument, arguments: known }) {
    return [`${argument.name}=${argument.value}`, ...Object.keys(known)]
  }

  async completeByAsking(_input, call) {
    await call.elicit('key', { message: 'Which?', requestedSchema: {} })
  }
}
