/**
 * Where something lies inside of JSON: RFC 6901. Empty for all of it, or names behind slashes, with
 * ~0 for a tilde and ~1 for a slash inside of a name.
 */
const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/

const MAX_POINTER_CHARS = 512

/** Pointers in one list. */
export const MAX_POINTERS = 100

/** What `isPointer` expects, for error messages. */
export const POINTER_RULE = `a JSON pointer such as /password, of at most ${MAX_POINTER_CHARS} characters`

export function isPointer(text: string): boolean {
  return text.length <= MAX_POINTER_CHARS && POINTER.test(text)
}

/** The names on the way, unescaped. */
export function toSegments(pointer: string): string[] {
  const [, ...segments] = pointer.split('/')
  return segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}
