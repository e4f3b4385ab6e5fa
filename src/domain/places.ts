/** How much of something each key may have at a time in this process. */

/** @returns the way to leave the place, to be called once; undefined when the key has none left */
export type TakePlaceOf = (key: string) => (() => void) | undefined

export function createPlaces(maxPerKey: number): TakePlaceOf {
  const taken = new Map<string, number>()
  return (key) => {
    const before = taken.get(key) ?? 0
    if (before >= maxPerKey) return undefined
    taken.set(key, before + 1)
    return () => {
      const left = (taken.get(key) ?? 0) - 1
      if (left > 0) taken.set(key, left)
      else taken.delete(key)
    }
  }
}
