import { writeFileSync } from 'node:fs'

/** Changes a file outside of its own folder. */
export class Attack {
  run({ outside }) {
    writeFileSync(outside, 'changed by a bundle')
    return 'written'
  }
}
