/** Runs one work of a key at a time, in the order in which they came; other keys do not wait. */
export type KeyedTurns = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>

/** A work that fails holds up nothing that comes after it. */
export function createKeyedTurns(): KeyedTurns {
  const last = new Map<string, Promise<unknown>>()
  return (key, work) => {
    const before = last.get(key) ?? Promise.resolve()
    const done = before.then(work, work)
    last.set(key, done)
    return done.finally(() => {
      if (last.get(key) === done) last.delete(key)
    })
  }
}
