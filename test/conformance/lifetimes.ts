type End = () => Promise<unknown>

export interface Lifetimes {
  readonly endWith: (end: End) => void
}

/**
 * Runs with things that have a lifetime. All of them have ended when this settles, in reverse order
 * of their start, whatever happened, to the ending of another one too.
 *
 * @throws what `run` threw, or else what the first failed ending threw
 */
export async function withLifetimes<T>(run: (lifetimes: Lifetimes) => Promise<T>): Promise<T> {
  const ends: End[] = []
  try {
    return await run({ endWith: (end) => ends.push(end) })
  } catch (error) {
    const all = ends.splice(0)
    await endAll(all).catch(() => undefined)
    throw error
  } finally {
    await endAll(ends)
  }
}

async function endAll(ends: readonly End[]): Promise<void> {
  const errors: unknown[] = []
  for (const end of ends.toReversed())
    await end().catch((error: unknown) => {
      errors.push(error)
    })
  if (errors.length > 0) throw errors[0]
}
