/**
 * JSON Schema as tools declare it: 2020-12, or draft-07 and earlier where `$schema` says so.
 *
 * Every schema is compiled alone, so that no tenant's `$id` is seen by another; nothing is
 * fetched, and what is validated is never changed.
 */
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { addBooleanBounds, hasBooleanBounds } from './draft-04-bounds.js'

/** @returns what is wrong with a value, one sentence each; empty when it is valid */
export type Validator = (value: unknown) => readonly string[]

const MAX_PROBLEMS = 10
const MAX_QUOTED_CHARS = 100

/** Real tools carry words that no vocabulary knows, so nothing beyond the standard is demanded. */
const OPTIONS: Options = {
  strict: false,
  logger: false,
  ownProperties: true,
  meta: false,
  validateSchema: false,
  addUsedSchema: false,
}

/**
 * A validator that compiles its schema at first use. A schema that does not compile is one
 * problem of every value, never an exception.
 *
 * @param name what the value is called in problems, as in `arguments/city: must be string`
 */
export function createValidator(schema: unknown, name: string): Validator {
  let validator: Validator | undefined
  return (value) => (validator ??= compileOrRefuse(schema, name))(value)
}

/** Why a schema does not compile, one sentence each; empty when it does. */
export function schemaProblems(schema: unknown): string[] {
  try {
    compile(schema)
    return []
  } catch (error) {
    return [schemaProblem(error)]
  }
}

function compileOrRefuse(schema: unknown, name: string): Validator {
  try {
    const validate = compile(schema)
    return (value) => problemsOf(validate, value, name)
  } catch (error) {
    const problems = [`${name}: cannot be checked, ${schemaProblem(error)}`]
    return () => problems
  }
}

function compile(schema: unknown): ValidateFunction {
  if (!isSchema(schema)) throw new TypeError('a schema must be an object or a boolean')
  const ajv = isEarlyDraft(schema) ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS)
  addFormats.default(ajv)
  if (hasBooleanBounds(schema)) addBooleanBounds(ajv)
  const validate = ajv.compile(schema)
  if ('$async' in validate) throw new TypeError('"$async" is not JSON Schema')
  return validate
}

function isSchema(schema: unknown): schema is boolean | Record<string, unknown> {
  if (typeof schema === 'boolean') return true
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema)
}

function isEarlyDraft(schema: boolean | Record<string, unknown>): boolean {
  if (typeof schema === 'boolean' || typeof schema.$schema !== 'string') return false
  return /^https?:\/\/json-schema\.org\/draft-0[467]\/schema#?$/.test(schema.$schema)
}

function problemsOf(validate: ValidateFunction, value: unknown, name: string): string[] {
  try {
    if (validate(value)) return []
  } catch (error) {
    return [`${name}: cannot be checked, ${messageOf(error)}`]
  }
  const errors = validate.errors ?? []
  return errors.slice(0, MAX_PROBLEMS).map((error) => toSentence(error, name))
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

function schemaProblem(error: unknown): string {
  if (error instanceof Error && 'missingRef' in error)
    return `the schema refers to ${quoted(String(error.missingRef))}, which is not inside it; nothing is fetched`
  return `the schema does not compile: ${messageOf(error)}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function quoted(text: string): string {
  return text.length <= MAX_QUOTED_CHARS ? text : `${text.slice(0, MAX_QUOTED_CHARS)}…`
}
