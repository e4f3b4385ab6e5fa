/** Finds the lines of a manifest that problems speak of: editors know lines, not paths. */

/** Of the sentence's path, such as `tools[2].inputSchema.type`. */
const PATH = /^((?:tools|resources|prompts|module_links|modules)\b[^\s:]*): /

/**
 * @param file how the manifest is called in what is printed
 * @param text the manifest's JSON
 * @returns the same sentences; those that begin with a path have `file:line: ` before them
 */
export function withLines(problems: readonly string[], file: string, text: string): string[] {
  return problems.map((problem) => {
    const [, path] = PATH.exec(problem) ?? []
    return path === undefined ? problem : `${file}:${lineOf(text, toKeys(path))}: ${problem}`
  })
}

/** `tools[2].name` → `['tools', '2', 'name']`. */
function toKeys(path: string): string[] {
  return path.split(/[.[\]]+/).filter((key) => key !== '')
}

/** The line where the value at this path begins, or the innermost that is there; the first is 1. */
function lineOf(text: string, keys: readonly string[]): number {
  let at = skipSpace(text, 0)
  for (const key of keys) {
    const child = findChild(text, at, key)
    if (child === undefined) break
    at = child
  }
  return text.slice(0, at).split('\n').length
}

/** @param at where an object or array begins, in valid JSON */
function findChild(text: string, at: number, key: string): number | undefined {
  const isArray = text[at] === '['
  if (!isArray && text[at] !== '{') return undefined
  let next = skipSpace(text, at + 1)
  for (let index = 0; next < text.length && text[next] !== ']' && text[next] !== '}'; index++) {
    let name = String(index)
    if (!isArray) {
      const end = skipString(text, next)
      name = String(JSON.parse(text.slice(next, end)))
      next = skipSpace(text, skipSpace(text, end) + 1)
    }
    if (name === key) return next
    next = skipSpace(text, skipValue(text, next))
    if (text[next] === ',') next = skipSpace(text, next + 1)
  }
  return undefined
}

function skipSpace(text: string, at: number): number {
  let next = at
  while (/[\s\uFEFF]/.test(text[next] ?? '')) next += 1
  return next
}

function skipString(text: string, at: number): number {
  let next = at + 1
  while (next < text.length && text[next] !== '"') next += text[next] === '\\' ? 2 : 1
  return next + 1
}

function skipValue(text: string, at: number): number {
  if (text[at] === '"') return skipString(text, at)
  let next = at
  for (let depth = 0; next < text.length;) {
    const character = text[next] ?? ''
    if (depth === 0 && /[,\]}]/.test(character)) return next
    if (/[[{]/.test(character)) depth += 1
    if (/[\]}]/.test(character)) depth -= 1
    next = character === '"' ? skipString(text, next) : next + 1
    if (depth === 0 && /[\]}]/.test(character)) return next
  }
  return next
}
