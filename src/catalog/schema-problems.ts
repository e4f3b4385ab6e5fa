/** What a client or an author reads of a value, or of a schema, that is wrong: one sentence each. */
import type { ErrorObject } from 'ajv'
import type { TimedOut } from './watchdog.js'

const MAX_PROBLEMS = 10
const MAX_QUOTED_CHARS = 100

export function toSentences(errors: readonly ErrorObject[], name: string): string[] {
  return errors.slice(0, MAX_PROBLEMS).map((error) => toSentence(error, name))
}

/** Why a value could not be checked at all. */
export function uncheckedValue(error: unknown): string {
  if (isStackOverflow(error)) return 'it nests too deep'
  return messageOf(error)
}

/** Why a schema does not compile. */
export function uncompiledSchema(error: unknown): string {
  if (isStackOverflow(error)) return 'the schema does not compile: it nests too deep'
  if (error instanceof Error && 'missingRef' in error)
    return `the schema refers to ${quoted(String(error.missingRef))}, which is not inside it; nothing is fetched`
  return `the schema does not compile: ${messageOf(error)}`
}

export function slowSchema({ limitMs }: TimedOut): string {
  return `the schema does not compile within ${limitMs} ms`
}

function toSentence(error: ErrorObject, name: string): string {
  const message = error.message ?? `does not fit "${error.keyword}"`
  return `${name}${quoted(error.instancePath)}: ${message}${detailOf(error)}`
}

/** What Ajv's message leaves out: the property that was too many, the values that are allowed. */
function detailOf({ keyword, params }: ErrorObject): string {
  const property: unknown = params.additionalProperty ?? params.unevaluatedProperty
  if (typeof property === 'string') return ` ("${quoted(property)}")`
  if (keyword === 'enum') return `: ${quoted(JSON.stringify(params.allowedValues))}`
  if (keyword === 'const') return `: ${quoted(JSON.stringify(params.allowedValue))}`
  return ''
}

function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function quoted(text: string): string {
  return text.length <= MAX_QUOTED_CHARS ? text : `${text.slice(0, MAX_QUOTED_CHARS)}…`
}
