/** Where a text stops being JSON. Node 20 quotes the place but does not number it. */

/** Spaces, then one token; an unclosed string or a stray character ends what is valid. */
const TOKEN =
  // oxlint-disable-next-line no-control-regex -- JSON forbids them inside of strings
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/y

/** What may stand next. */
type Expected = 'value' | 'value or ]' | 'key or }' | 'key' | ':' | ', or end'

/** @returns `line 3 column 14`, both from 1 */
export function jsonErrorPlace(text: string): string {
  const before = text.slice(0, validUpTo(text)).split('\n')
  return `line ${before.length} column ${(before.at(-1) ?? '').length + 1}`
}

function validUpTo(text: string): number {
  const open: string[] = []
  let expected: Expected = 'value'
  let at = 0
  for (;;) {
    const end = skipSpaces(text, at)
    TOKEN.lastIndex = at
    const [token, mark, string] = TOKEN.exec(text) ?? []
    const next: Expected | undefined =
      token === undefined ? undefined : follow(expected, open, { mark, string })
    if (token === undefined || next === undefined) return end
    expected = next
    at += token.length
  }
}

interface Token {
  readonly mark: string | undefined
  readonly string: string | undefined
}

/** @returns what may stand after this token; undefined when it may not stand here */
function follow(expected: Expected, open: string[], token: Token): Expected | undefined {
  const { mark } = token
  if (mark === '}' || mark === ']') return close(expected, open, mark)
  return followers[expected](token, open)
}

const key = ({ string }: Token) => (string === undefined ? undefined : ':')
const value = ({ mark }: Token, open: string[]) => begin(open, mark)

const followers: Record<Expected, (token: Token, open: string[]) => Expected | undefined> = {
  key,
  'key or }': key,
  value,
  'value or ]': value,
  ':': ({ mark }) => (mark === ':' ? 'value' : undefined),
  ', or end': ({ mark }, open) => (mark === ',' ? afterComma(open.at(-1)) : undefined),
}

function close(expected: Expected, open: string[], mark: string): Expected | undefined {
  const isAllowed = expected === ', or end' || expected.endsWith(mark)
  return isAllowed && open.pop() === mark ? ', or end' : undefined
}

function begin(open: string[], mark: string | undefined): Expected | undefined {
  if (mark === undefined) return ', or end'
  if (mark !== '{' && mark !== '[') return undefined
  open.push(mark === '{' ? '}' : ']')
  return mark === '{' ? 'key or }' : 'value or ]'
}

function afterComma(closing: string | undefined): Expected | undefined {
  if (closing === undefined) return undefined
  return closing === '}' ? 'key' : 'value'
}

function skipSpaces(text: string, at: number): number {
  let next = at
  while (/[ \t\r\n]/.test(text[next] ?? '')) next += 1
  return next
}
