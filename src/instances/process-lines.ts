/**
 * What an instance in a process of its own says, checked: its channel is within reach of the
 * bundle's code, which may write anything there. A lie can only spoil calls of that same instance.
 */
import { z } from 'zod'
import { LOG_LEVELS } from '../domain/log-level.js'
import { LIST_KINDS } from '../domain/notice.js'
import { QUESTION_METHODS } from '../domain/question.js'
import { type InstanceMessage, splitLine } from '../function-host/function-host.js'

/** The last words of a process that ends with what its code threw. */
type Thrown = readonly ['thrown', stack: string]

const text = z.string()
const number = z.number()
/** Of a call in its instance. */
const call = number
const question = z.object({
  method: z.enum(QUESTION_METHODS),
  params: z.record(text, z.unknown()),
})
const progress = z.object({
  progress: number,
  total: number.optional(),
  message: text.optional(),
})
const failure = z.object({
  code: z.enum([
    'THROWN',
    'FUNCTION_FAILED',
    'RESULT_INVALID',
    'RESULT_TOO_LARGE',
    'RESOURCE_NOT_FOUND',
  ]),
  message: text,
  errorData: z.record(text, z.unknown()).optional(),
  stack: text.optional(),
})

const fetchRequest = z.object({
  url: text,
  method: text,
  headers: z.array(z.tuple([text, text])),
  bodyBase64: text.optional(),
  redirect: z.enum(['follow', 'manual', 'error']),
})

const Message = z.union([
  z.tuple([z.literal('failure'), call, failure]),
  z.tuple([z.literal('round'), call, z.object({ roundJson: text })]),
  z.tuple([z.literal('ended'), call]),
  z.tuple([z.literal('ask'), call, number, question, text]),
  z.tuple([z.literal('progress'), call, progress]),
  z.tuple([z.literal('log'), call, z.enum(LOG_LEVELS), text, text.nullish()]),
  z.tuple([z.literal('log'), call, z.enum(LOG_LEVELS), text]),
  z.tuple([z.literal('resourceUpdated'), call, text]),
  z.tuple([z.literal('listChanged'), call, z.enum(LIST_KINDS)]),
  z.tuple([z.literal('closeStream'), call]),
  z.tuple([z.literal('dropped'), call]),
  z.tuple([z.literal('fetch'), number, fetchRequest.nullable()]),
  z.tuple([z.literal('ready')]),
  z.tuple([z.literal('pong'), number]),
  z.tuple([z.literal('problems'), z.array(text)]),
  z.tuple([z.literal('thrown'), text]),
])

/** @returns undefined for what is no message */
export function readProcessLine(line: string): InstanceMessage | Thrown | undefined {
  const parts = partsOf(line)
  return parts && (readResult(parts) ?? readOther(parts))
}

/** The one that every call has: its text is parsed once, by whoever takes it. */
function readResult([kind, ofCall, json]: readonly unknown[]): InstanceMessage | undefined {
  const isResult = kind === 'result' && typeof ofCall === 'number' && typeof json === 'string'
  return isResult ? ['result', ofCall, json] : undefined
}

function readOther(parts: readonly unknown[]): InstanceMessage | Thrown | undefined {
  const message = Message.safeParse(parts).data
  if (message?.[0] === 'round' && !isRound(message[2].roundJson)) return undefined
  if (message?.[0] === 'fetch') return ['fetch', message[1], message[2] ?? undefined]
  if (message?.[0] !== 'log') return message
  const [, ofLog, level, entryJson, logger] = message
  return ['log', ofLog, level, entryJson, logger ?? undefined]
}

const Round = z.object({
  questions: z.record(text, question),
  state: z.record(text, z.unknown()),
})

function isRound(json: string): boolean {
  try {
    return Round.safeParse(JSON.parse(json)).success
  } catch {
    return false
  }
}

function partsOf(line: string): unknown[] | undefined {
  try {
    return splitLine(line)
  } catch {
    return undefined
  }
}
