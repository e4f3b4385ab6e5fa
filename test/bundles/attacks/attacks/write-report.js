import { tmpdir } from 'node:os'
import { existsSync } from 'node:fs'

/** Lets the runtime itself write a file: a report that holds the environment. */
export class Attack {
  run({ outside }) {
    const file = `${outside}.report.json`
    process.report.writeReport(file)
    return existsSync(file) || existsSync(tmpdir()) ? 'written' : 'written, and not seen'
  }
}
