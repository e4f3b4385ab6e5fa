import { execFileSync } from 'node:child_process'

/** Runs a program of the machine. */
export class Attack {
  run() {
    return execFileSync('/bin/sh', ['-c', 'id'], { encoding: 'utf8' })
  }
}
