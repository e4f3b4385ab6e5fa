class Base {
  inherited() {
    return 'from the base class'
  }
}

export class Tools extends Base {
  constructor(setting) {
    super()
    this.setting = setting
    this.count = 0
    this.constructedAt = process.hrtime.bigint().toString()
  }

  notAFunction = () => 'an instance property, not a method'

  give({ value }) {
    return value
  }

  async giveLater({ value }) {
    await new Promise((resolve) => setImmediate(resolve))
    return value
  }

  giveUndefined() {}

  giveDate() {
    return new Date(0)
  }

  giveBytes() {
    return new Uint8Array([1, 2, 3])
  }

  giveBlobOfBytes() {
    return { mimeType: 'image/png', blob: Buffer.from([1, 2, 3]) }
  }

  giveBigInt() {
    return { amount: 1n }
  }

  giveCircular() {
    const value = {}
    value.self = value
    return value
  }

  giveFunction() {
    return () => 'hello'
  }

  giveTrap() {
    return {
      get content() {
        throw new Error('the getter of the result threw')
      },
    }
  }

  giveLong({ bytes }) {
    return 'x'.repeat(bytes)
  }

  seeSetting() {
    return { ...this.setting, constructedAt: this.constructedAt }
  }

  spoilSetting() {
    this.setting.region = 'spoilt'
    this.setting.nested.list.push('spoilt')
    return {}
  }

  spoilInput(input) {
    input.nested.list.push('spoilt')
    return {}
  }

  increment() {
    this.count += 1
    return { count: this.count }
  }

  identify(_input, call) {
    const { endpointId, userId, callId, deadline } = call
    return { endpointId, userId, callId, deadline, isAborted: call.signal.aborted }
  }

  throwError({ message }) {
    throw new Error(message)
  }

  async throwLater() {
    await null
    throw new TypeError('no such city')
  }

  throwText() {
    throw 'just a text'
  }

  throwNothing() {
    throw undefined
  }

  throwObject() {
    throw { reason: 'an object' }
  }

  throwTrap() {
    throw {
      get message() {
        throw new Error('nested')
      },
      toString() {
        throw new Error('nested')
      },
    }
  }

  report(_input, call) {
    const { progress, log } = call
    progress(1, 3, 'one')
    log('info', { step: 1 }, 'steps')
    progress(2, 3)
    progress(2, 3, 'not higher')
    progress(1, 3, 'lower')
    progress(NaN)
    progress('3')
    progress(undefined)
    progress(2.5, Infinity, 7)
    log('debug', 'plain')
    progress(3, 3, 'three')
    return 'reported'
  }

  flood({ count }, call) {
    for (let done = 1; done <= count; done += 1) call.progress(done, count)
    return 'flooded'
  }

  reportAfterTheEnd(_input, call) {
    setImmediate(() => {
      call.progress(1)
      call.log('info', 'late')
    })
    return 'done'
  }

  logBadly({ level, kind }, call) {
    const circular = {}
    circular.self = circular
    const entries = { text: 'x', bigint: 1n, circular, nothing: undefined, code: () => 1 }
    call.log(level, entries[kind])
    return 'logged'
  }

  async waitForAbort(_input, call) {
    call.progress(1)
    await new Promise((resolve) => call.signal.addEventListener('abort', resolve, { once: true }))
    throw call.signal.reason
  }

  /** Notes in the instance what the signal said, so that the next call can ask. */
  async noteAbort(_input, call) {
    call.progress(1)
    await new Promise((resolve) => call.signal.addEventListener('abort', resolve, { once: true }))
    this.noted = call.signal.reason.message
    return 'a late result'
  }

  readNote() {
    return { noted: this.noted }
  }
}

export class Fragile {
  constructor(setting) {
    if (setting.isBroken) throw new Error('base_url is missing')
  }

  work() {
    return 'works'
  }
}

export const notAClass = { work: () => 'no' }
