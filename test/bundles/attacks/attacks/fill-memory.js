/** Takes more memory than it is given, outside of the heap that is limited. */
export class Attack {
  async run({ mib }) {
    const kept = []
    for (let at = 0; at < mib / 16; at++) {
      kept.push(Buffer.alloc(16 * 1024 * 1024, 1))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return `${kept.length * 16} MiB taken`
  }
}
