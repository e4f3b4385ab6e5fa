import { writeSync } from 'node:fs'

/** Speaks to the gateway in the runtime's place, in a channel that it may have found. */
export class Attack {
  run() {
    writeSync(3, '["pong",1e400]\n[["nonsense"]]\n')
    return new Promise(() => undefined)
  }
}
