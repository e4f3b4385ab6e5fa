/** Finds what another tenant's call has left behind. */
export class Attack {
  run({ leave }) {
    if (leave !== undefined) {
      globalThis.left = leave
      return 'left'
    }
    if (globalThis.left === undefined) throw new Error('there is nothing')
    return globalThis.left
  }
}
