import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** Lists a folder outside of its own. */
export class Attack {
  run({ outside }) {
    return readdirSync(dirname(outside)).join()
  }
}
