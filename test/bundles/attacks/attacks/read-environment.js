/** Reads the gateway's environment. */
export class Attack {
  run({ variable }) {
    const value = process.env[variable]
    if (value === undefined) throw new Error('there is nothing')
    return value
  }
}
