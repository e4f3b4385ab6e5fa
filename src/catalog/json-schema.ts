/**
 * JSON Schema as tools declare it: 2020-12, or draft-07 and earlier where `$schema` says so.
 *
 * Every schema is compiled alone, so that no tenant's `$id` is seen by another; nothing is
 * fetched, and what is validated is never changed. Compiling and checking run on the thread that
 * serves everybody: whatever an author or a client sends, each ends within its limit here.
 */
import { Ajv, type Options, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { type Clock, systemClock } from '../domain/clock.js'
import { isJsonObject, type JsonObject } from '../domain/json.js'
import { isLargerThan, weightOf } from './checking-cost.js'
import { addBooleanBounds, hasBooleanBounds } from './draft-04-bounds.js'
import { slowSchema, toSentences, uncheckedValue, uncompiledSchema } from './schema-problems.js'
import { runWithin, TimedOut } from './watchdog.js'

/** @returns what is wrong with a value, one sentence each; empty when it is valid */
export type Validator = (value: unknown) => readonly string[]

export interface ValidatorOptions {
  readonly clock?: Clock | undefined
  /** Called when a limit was reached, so that an operator can find the schema. */
  readonly onTimeOut?: ((timeOut: TimedOut) => void) | undefined
}

/** One value against its schema. */
const CHECK_LIMIT_MS = 50
/** A new schema: about 100 KB of JSON. The largest of 527 real tools has 5 KB. */
const NEW_SCHEMA_LIMIT_MS = 500
/** One that was taken before, perhaps by a machine that was faster or had less to do. */
const KNOWN_SCHEMA_LIMIT_MS = 4 * NEW_SCHEMA_LIMIT_MS
/** A schema that has reached its limit rests this many times as long. */
const RESTS = 20
/** Work that is done without a watchdog: 10 ms at the very most. */
const UNWATCHED_STEPS = 20_000
/** To compile a regular expression is the one thing here that cannot be interrupted. */
const MAX_PATTERN_CHARS = 4096

/** Real tools carry words that no vocabulary knows, so nothing beyond the standard is demanded. */
const OPTIONS: Options = {
  strict: false,
  logger: false,
  ownProperties: true,
  meta: false,
  validateSchema: false,
  // Copied to where it is referred to, a schema of 16 KB would become hundreds of megabytes.
  inlineRefs: false,
  // Code that is a little longer and compiles in a third of the time.
  code: { optimize: false, regExp: toRegExp },
}

/**
 * A validator that compiles its schema at first use. A schema that does not compile is one
 * problem of every value, never an exception. One that reaches a time limit is not tried again for
 * a while, so that a flood of such values cannot hold up everybody else.
 *
 * @param name what the value is called in problems, as in `arguments/city: must be string`
 */
export function createValidator(
  schema: unknown,
  name: string,
  { clock = systemClock, onTimeOut }: ValidatorOptions = {},
): Validator {
  let validator: Validator | undefined
  const rest = createRest(clock)
  return (value) => {
    const restS = rest.secondsLeft()
    if (restS > 0)
      return [`${name}: not checked, its schema took too long just now; try again in ${restS} s`]
    try {
      validator ??= compileOrRefuse(schema, name)
      return validator(value)
    } catch (error) {
      if (!(error instanceof TimedOut)) throw error
      rest.begin(RESTS * error.limitMs)
      onTimeOut?.(error)
      return [`${name}: could not be checked within ${error.limitMs} ms`]
    }
  }
}

/** Why a schema does not compile, one sentence each; empty when it does. */
export function schemaProblems(schema: unknown): string[] {
  try {
    runWithin(NEW_SCHEMA_LIMIT_MS, () => compile(schema))
    return []
  } catch (error) {
    return [error instanceof TimedOut ? slowSchema(error) : uncompiledSchema(error)]
  }
}

function createRest(clock: Clock) {
  let beganAt = 0
  let restMs = 0
  return {
    begin(forMs: number) {
      beganAt = clock.now()
      restMs = forMs
    },
    secondsLeft() {
      if (restMs === 0) return 0
      const goneMs = clock.now() - beganAt
      // A clock that was set back ends it too.
      if (goneMs < 0 || goneMs >= restMs) restMs = 0
      return Math.ceil((restMs && restMs - goneMs) / 1000)
    },
  }
}

/** @throws TimedOut */
function compileOrRefuse(schema: unknown, name: string): Validator {
  try {
    return runWithin(KNOWN_SCHEMA_LIMIT_MS, () => withinLimits(compile(schema), schema, name))
  } catch (error) {
    if (error instanceof TimedOut) throw error
    const problems = [`${name}: cannot be checked, ${uncompiledSchema(error)}`]
    return () => problems
  }
}

/** A value that cannot take long is checked at once; any other under the watchdog. */
function withinLimits(validate: ValidateFunction, schema: unknown, name: string): Validator {
  const unwatchedSize = UNWATCHED_STEPS / weightOf(schema)
  return (value) => {
    if (!isLargerThan(unwatchedSize, value)) return problemsOf(validate, value, name)
    return runWithin(CHECK_LIMIT_MS, () => problemsOf(validate, value, name))
  }
}

function problemsOf(validate: ValidateFunction, value: unknown, name: string): string[] {
  try {
    return validate(value) ? [] : toSentences(validate.errors ?? [], name)
  } catch (error) {
    return [`${name}: cannot be checked, ${uncheckedValue(error)}`]
  }
}

function compile(schema: unknown): ValidateFunction {
  if (!isSchema(schema)) throw new TypeError('a schema must be an object or a boolean')
  const ajv = isEarlyDraft(schema) ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS)
  addFormats.default(ajv)
  if (hasBooleanBounds(schema)) addBooleanBounds(ajv)
  const validate = ajv.compile(schema)
  if ('$async' in validate) throw new TypeError('"$async" is not JSON Schema')
  // What was generated is compiled when it first runs, which belongs to this limit.
  validate(undefined)
  return validate
}

function isSchema(schema: unknown): schema is boolean | JsonObject {
  return typeof schema === 'boolean' || isJsonObject(schema)
}

function isEarlyDraft(schema: boolean | JsonObject): boolean {
  if (typeof schema === 'boolean' || typeof schema['$schema'] !== 'string') return false
  return /^https?:\/\/json-schema\.org\/draft-0[467]\/schema#?$/.test(schema['$schema'])
}

function toRegExp(pattern: string, flags: string): RegExp {
  if (pattern.length > MAX_PATTERN_CHARS)
    throw new RangeError(`a pattern has more than ${MAX_PATTERN_CHARS} characters`)
  return new RegExp(pattern, flags)
}
// Ajv asks how its own code would be written without it; no code is.
toRegExp.code = 'new RegExp'
