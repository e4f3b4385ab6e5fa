/** Texts against patterns in which `*` stands for any characters and `?` for one; no other is special. */

/** Goes back to the last star alone, so the time is at most the product of both lengths. */
export function matchesGlob(glob: string, text: string): boolean {
  let at = 0
  let inGlob = 0
  let star = -1
  let starAt = 0
  while (at < text.length) {
    const wanted = glob[inGlob]
    if (wanted === '*') {
      star = inGlob++
      starAt = at
    } else if (wanted === '?' || (wanted !== undefined && wanted === text[at])) {
      inGlob++
      at++
    } else if (star >= 0) {
      inGlob = star + 1
      at = ++starAt
    } else return false
  }
  while (glob[inGlob] === '*') inGlob++
  return inGlob === glob.length
}
