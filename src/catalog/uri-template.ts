/**
 * URIs against RFC 6570 templates: `{var}` (one path segment), `{+var}` (also `/ ? #`) and, at the
 * end, `{?a,b}`. A table of what fits where makes matching linear in the URI, whatever it holds.
 */

/** @returns what the variables hold, percent-decoded, or undefined when the URI does not fit */
type MatchUri = (uri: string) => Readonly<Record<string, string>> | undefined

export interface UriTemplate {
  readonly match: MatchUri
  /** Characters outside variables: of two templates that fit, the one with more is meant. */
  readonly literalChars: number
}

interface Variable {
  readonly name: string
  readonly isReserved: boolean
}

type Part = string | Variable

interface ParsedTemplate {
  readonly parts: readonly Part[]
  readonly queryNames: readonly string[] | undefined
}

/** Longer URIs fit no template. */
const MAX_URI_CHARS = 8192

const VARIABLE_NAME = /^\w+(?:\.\w+)*$/

/** @throws SyntaxError when it is no template, or holds a form that is not supported */
export function createUriTemplate(template: string): UriTemplate {
  const { parts, queryNames } = parse(template)
  const literals = parts.filter((part) => typeof part === 'string')
  const prefix = typeof parts[0] === 'string' ? parts[0] : ''
  return {
    literalChars: literals.join('').length,
    match(uri) {
      if (uri.length > MAX_URI_CHARS || !uri.startsWith(prefix)) return undefined
      const queryAt = queryNames && uri.includes('?') ? uri.indexOf('?') : uri.length
      const path = matchPath(parts, uri.slice(0, queryAt))
      const query = matchQuery(queryNames ?? [], uri.slice(queryAt + 1))
      return path && query && Object.fromEntries([...path, ...query])
    },
  }
}

/** Why a URI template cannot be matched, one sentence each; empty when it can. */
export function templateProblems(template: string): string[] {
  try {
    parse(template)
    return []
  } catch (error) {
    if (error instanceof SyntaxError) return [error.message]
    throw error
  }
}

/** The names of its variables. @throws SyntaxError when it is no template */
export function templateVariables(template: string): string[] {
  const { parts, queryNames = [] } = parse(template)
  return [...parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name])), ...queryNames]
}

function parse(template: string): ParsedTemplate {
  const pieces = template.split(/(\{[^{}]*\})/).filter((piece) => piece !== '')
  const last = pieces.at(-1)
  const queryNames = last?.startsWith('{?') ? last.slice(2, -1).split(',') : undefined
  const parts = (queryNames ? pieces.slice(0, -1) : pieces).map(toPart)
  const names = parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name]))
  assertNames([...names, ...(queryNames ?? [])], template)
  return { parts, queryNames }
}

function toPart(piece: string): Part {
  if (piece.startsWith('{')) {
    const isReserved = piece[1] === '+'
    return { name: piece.slice(isReserved ? 2 : 1, -1), isReserved }
  }
  if (/[{}]/.test(piece)) throw new SyntaxError(`a brace is not closed near "${piece}"`)
  return piece
}

function assertNames(names: readonly string[], template: string): void {
  const wrong = names.find((name) => !VARIABLE_NAME.test(name))
  if (wrong !== undefined)
    throw new SyntaxError(
      `"${wrong}" in "${template}" is not supported; {name}, {+name} and, at the end, {?a,b} are`,
    )
  if (new Set(names).size < names.length)
    throw new SyntaxError(`a variable appears twice in "${template}"`)
}

/** Walks forward through the table of what fits; each variable takes as much as it can. */
function matchPath(parts: readonly Part[], path: string): [string, string][] | undefined {
  const fits = tableOfFits(parts, path)
  if (!fits[0]?.[0]) return undefined
  const values: [string, string][] = []
  let at = 0
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string') {
      at += part.length
      continue
    }
    const end = longestEnd(part, path, { from: at, fitsAfter: fits[index + 1] })
    values.push([part.name, decode(path.slice(at, end))])
    at = end
  }
  return values
}

/** Row `p`, column `i`: whether the parts from `p` on fit the path from `i` on. */
function tableOfFits(parts: readonly Part[], path: string): readonly Uint8Array[] {
  const rows = Array.from({ length: parts.length + 1 }, () => new Uint8Array(path.length + 1))
  rows.at(-1)?.fill(1, path.length)
  for (const [index, part] of [...parts.entries()].toReversed()) {
    const row = rows[index]
    const after = rows[index + 1]
    if (row && after) fillRow(part, path, { row, after })
  }
  return rows
}

interface Rows {
  readonly row: Uint8Array
  readonly after: Uint8Array
}

function fillRow(part: Part, path: string, { row, after }: Rows): void {
  for (let at = path.length; at >= 0; at--) {
    if (typeof part === 'string') {
      row[at] = path.startsWith(part, at) ? (after[at + part.length] ?? 0) : 0
    } else if (mayHold(part, path[at])) {
      row[at] = after[at + 1] || row[at + 1] || 0
    }
  }
}

interface Ends {
  readonly from: number
  readonly fitsAfter: Uint8Array | undefined
}

function longestEnd(variable: Variable, path: string, { from, fitsAfter }: Ends): number {
  let longest = from
  for (let end = from + 1; mayHold(variable, path[end - 1]); end++) {
    if (fitsAfter?.[end]) longest = end
  }
  return longest
}

function mayHold(variable: Variable, char: string | undefined): boolean {
  if (char === undefined) return false
  return variable.isReserved || (char !== '/' && char !== '?' && char !== '#')
}

/** `a=1&b=2` in any order; an unknown or repeated name is not of this template. */
function matchQuery(names: readonly string[], query: string): [string, string][] | undefined {
  if (query === '') return []
  const values = new Map<string, string>()
  for (const pair of query.split('&')) {
    const [name = '', ...value] = pair.split('=')
    if (!names.includes(name) || values.has(name)) return undefined
    values.set(name, decode(value.join('=')))
  }
  return [...values]
}

/** A value whose escapes are broken is taken as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
