import { execSync, spawn } from 'node:child_process'
import fs, { writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

let left = null

export class Faults {
  echo({ value }) {
    return { value }
  }

  spin(_input, call) {
    call.progress(1)
    for (;;);
  }

  async ignoreSignal(_input, call) {
    call.progress(1)
    await new Promise(() => setInterval(() => undefined, 1000))
  }

  async waitFor({ ms }, call) {
    call.progress(1)
    await new Promise((resolve) => setTimeout(resolve, ms))
    return 'waited'
  }

  exit() {
    process.exit(3)
  }

  exitLater({ ms }) {
    setTimeout(() => process.exit(3), ms)
    return new Promise(() => undefined)
  }

  async rejectUnseen(_input, call) {
    call.progress(1)
    Promise.reject(new Error('secret detail of another user'))
    await new Promise(() => setInterval(() => undefined, 1000))
  }

  throwInTimer() {
    setTimeout(() => {
      throw new Error('thrown in a timer')
    })
    return new Promise(() => undefined)
  }

  fillHeap() {
    const held = []
    for (;;) held.push({ text: `${held.length}`.padStart(100, 'x') })
  }

  setGlobal({ value }) {
    const before = globalThis.leftByACall
    globalThis.leftByACall = value
    Array.prototype.leftByACall = value
    return { before: before ?? null }
  }

  /** Like a global, but of this module: it works where built-ins are frozen. */
  leave({ value }) {
    const before = left
    left = value
    return { before }
  }

  /** Uses the CPU, and lets others have a turn, until it is told to stop, or for ever. */
  async burnInSlices({ isDeaf = false }, call) {
    call.progress(1)
    while (isDeaf || !call.signal.aborted) {
      burn(5)
      await new Promise((resolve) => setImmediate(resolve))
    }
    left = call.signal.reason.message
  }

  /** Has answered, and goes on all the same. */
  goOn() {
    const again = () => {
      burn(5)
      setImmediate(again)
    }
    setImmediate(again)
    return 'answered'
  }

  /** Hangs in the system, where nothing but somebody who writes to this pipe can free it. */
  readPipe({ path }, call) {
    call.progress(1)
    return fs.readFileSync(path, 'utf8')
  }

  burnFor({ ms }) {
    burn(ms)
    return 'burnt'
  }

  /** Uses nothing while the client is asked. */
  async askClient(_input, call) {
    call.log('info', process.pid)
    call.progress(1)
    return call.elicit('one', { message: 'Well?', requestedSchema: { type: 'object' } })
  }

  async tellPid(_input, call) {
    call.log('info', process.pid)
    call.progress(1)
    await new Promise(() => setInterval(() => undefined, 1000))
  }

  tellPidAndSpin(_input, call) {
    call.log('info', process.pid)
    this.spin(_input, call)
  }

  pid() {
    return { pid: process.pid }
  }

  surroundings() {
    parentPort.postMessage(['pong'])
    return {
      env: { ...process.env },
      argv: process.argv.slice(2),
      execArgv: process.execArgv,
      workerData,
    }
  }

  async print() {
    console.log('printed by console.log')
    console.error('printed by console.error')
    process.stdout.write('printed by process.stdout\n')
    fs.writeSync(1, 'printed by fs.writeSync\n')
    writeSync(1, 'printed by a named import\n')
    fs.writeFileSync(1, 'printed by fs.writeFileSync\n')
    fs.appendFileSync(1, 'printed by fs.appendFileSync\n')
    await new Promise((resolve) => fs.write(1, 'printed by fs.write\n', resolve))
    await new Promise((resolve) =>
      fs.createWriteStream('', { fd: 1, autoClose: false }).write('printed by a stream\n', resolve),
    )
    execSync('echo printed by execSync', { stdio: 'inherit' })
    for (const stdio of ['inherit', ['ignore', 'inherit', 'inherit'], ['ignore', 1, 2]])
      await new Promise((resolve) =>
        spawn('echo', ['printed by a child'], { stdio }).on('close', resolve),
      )
    return 'printed'
  }

  printMuch({ lines }) {
    for (let line = 0; line < lines; line += 1) console.log(`line ${line}`)
    return 'printed'
  }
}

/** CPU time and not time: a machine that is busy with other things burns none. */
function burn(ms) {
  const { user, system } = process.cpuUsage()
  const until = (user + system) / 1000 + ms
  for (;;) {
    const now = process.cpuUsage()
    if ((now.user + now.system) / 1000 >= until) return
  }
}
