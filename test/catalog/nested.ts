/** A value that lies inside of so many lists. */
export function nestedIn(lists: number): unknown {
  let value: unknown = 1
  for (let list = 0; list < lists; list++) value = [value]
  return value
}
