import { chmodSync, rmSync, writeFileSync } from 'node:fs'

/** Changes its own code on disk, which the next instance would run. */
export class Attack {
  run() {
    const file = new URL('planted.js', import.meta.url)
    try {
      chmodSync(new URL('.', import.meta.url), 0o755)
    } catch {
      // Perhaps it may be written all the same.
    }
    writeFileSync(file, 'planted')
    rmSync(file)
    return 'written'
  }
}
