/** Which names an entry of a bundle may have: ones that mean the same file on every system. */
import { bundleInvalid } from './bundle-invalid.js'

/** Common file systems end at 255 bytes a name; a cache folder's own path needs room too. */
const MAX_SEGMENT_BYTES = 255
const MAX_PATH_BYTES = 1_024
const MAX_DEPTH = 64

const rules: readonly (readonly [message: string, isBroken: (path: string) => boolean])[] = [
  ['the name is empty', (path) => path === ''],
  ['the name holds a NUL character', (path) => path.includes('\0')],
  ['the name holds a back-slash; separate folders with /', (path) => path.includes('\\')],
  ['the name holds a control character', (path) => /\p{Cc}/u.test(path)],
  ['the name begins with a drive letter', (path) => /^[A-Za-z]:/.test(path)],
  ['the path is absolute; it must be relative to the root of the bundle', (p) => p.startsWith('/')],
  ['the path holds "..", which leads out of the bundle', (path) => segments(path).includes('..')],
  ['the path holds an empty segment or "."', (path) => segments(path).some(isEmptySegment)],
  [
    `a name is longer than ${MAX_SEGMENT_BYTES} bytes`,
    (path) => segments(path).some((segment) => Buffer.byteLength(segment) > MAX_SEGMENT_BYTES),
  ],
  [
    `the path is longer than ${MAX_PATH_BYTES} bytes`,
    (path) => Buffer.byteLength(path) > MAX_PATH_BYTES,
  ],
  [`the path is deeper than ${MAX_DEPTH} folders`, (path) => segments(path).length > MAX_DEPTH],
]

/** The first rule that a path breaks; a folder's path may end in one slash. */
export function nameProblem(path: string): string | undefined {
  return rules.find(([, isBroken]) => isBroken(path))?.[0]
}

/** A name as an error shows it: quoted, its odd characters escaped, never longer than a line. */
export function quoteName(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path)
}

/**
 * Refuses two names that some file system would take for one: the same twice, differing in case or
 * Unicode form only, or a file where another name needs a folder.
 */
export function createNameRegister(): { add(path: string): void } {
  const taken = new Map<string, Claim>()
  const claim = (path: string, kind: Claim['kind']) => {
    const key = path.normalize('NFC').toLowerCase()
    const earlier = taken.get(key)
    if (earlier === undefined) taken.set(key, { path, kind })
    const problem = earlier && collision(earlier, { path, kind })
    if (problem !== undefined) throw bundleInvalid(`${quoteName(path)}: ${problem}`)
  }
  return {
    add(path) {
      const names = segments(path)
      for (let depth = 1; depth < names.length; depth++)
        claim(names.slice(0, depth).join('/'), 'folder')
      claim(names.join('/'), path.endsWith('/') ? 'folder' : 'file')
    },
  }
}

interface Claim {
  readonly path: string
  readonly kind: 'file' | 'folder'
}

function collision(earlier: Claim, later: Claim): string | undefined {
  if (earlier.path !== later.path)
    return `differs from ${quoteName(earlier.path)} only in case or Unicode form`
  if (earlier.kind !== later.kind) return 'is a file and a folder at once'
  return later.kind === 'file' ? 'the archive holds this name twice' : undefined
}

function segments(path: string): string[] {
  return path.replace(/\/$/, '').split('/')
}

function isEmptySegment(segment: string): boolean {
  return segment === '' || segment === '.'
}
