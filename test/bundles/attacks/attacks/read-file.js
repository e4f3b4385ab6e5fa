import { readFileSync } from 'node:fs'

/** Reads a file outside of its own folder: another tenant's code, or the gateway's secrets. */
export class Attack {
  run({ outside }) {
    return readFileSync(outside, 'utf8')
  }
}
