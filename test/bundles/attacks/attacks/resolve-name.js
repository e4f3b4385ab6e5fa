import { lookup } from 'node:dns/promises'

/** Asks DNS, which carries words outside where nothing else may. */
export class Attack {
  async run() {
    const { address } = await lookup('localhost')
    return address
  }
}
