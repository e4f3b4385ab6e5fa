/** One run of a function, from its input to the JSON of its result. */
import type { McpType } from '../domain/capability.js'
import { GatewayError, type ErrorData, type GatewayErrorCode } from '../domain/errors.js'
import { isJsonObject } from '../domain/json.js'
import type { Question } from '../domain/question.js'
import { createAsker, type QuestionsRequest, type Reply } from './ask-client.js'
import type { BundleMethods, MethodRequest } from './bundle-methods.js'
import {
  openCall,
  type AbortReason,
  type CallIdentity,
  type CallMessages,
  type FunctionCall,
} from './call-object.js'
import { toMcpResult, toResultJson } from './function-result.js'
import { toJson } from './questions.js'
import { readThrown } from './thrown.js'

/** All that an instance must know of a call; plain JSON. */
export interface RunRequest extends CallIdentity, MethodRequest {
  /** What its result has to be. */
  readonly mcpType: McpType | 'completion'
  readonly mimeType?: string | undefined
  readonly input: unknown
  /** Absent: the client cannot be asked. */
  readonly questions?: QuestionsRequest | undefined
}

/** Why a run has no result. `THROWN`: the author's own error. */
export interface RunFailure {
  readonly code: GatewayErrorCode | 'THROWN'
  readonly message: string
  readonly errorData?: ErrorData | undefined
  /** For the gateway's log alone. */
  readonly stack?: string | undefined
}

/** The run has questions and is discarded: whatever else comes of it reaches nobody. */
export interface RunRound {
  /** `{ questions, state }`. */
  readonly roundJson: string
}

/** The JSON of the MCP result, or why there is none. */
export type RunEnd = string | RunRound | RunFailure

export interface RunEvents extends CallMessages {
  ask(number: number, question: Question, key: string): void
  /** Said once; undefined after an abort. */
  ended(end: RunEnd | undefined): void
}

export interface Run {
  abort(reason: AbortReason): void
  /** @param number of the question */
  answer(number: number, reply: Reply): void
}

export interface RunPlace {
  readonly methods: BundleMethods
  readonly maxResultBytes: number
}

/** Starts a run; nothing of it throws, everything arrives at `events`. */
export function startRun(place: RunPlace, request: RunRequest, events: RunEvents): Run {
  let isOver = false
  const end = (outcome: RunEnd) => {
    if (isOver) return
    isOver = true
    inside.close()
    events.ended(inside.isAborted ? undefined : outcome)
  }
  const asker = createAsker(request.questions, {
    round: (questions) => end(toRound(questions, call.state, place.maxResultBytes)),
    ask: (number, question, key) => {
      if (!isOver) events.ask(number, question, key)
    },
  })
  const state = request.questions?.state ?? {}
  const { call, inside } = openCall(request, { messages: events, askOne: asker.askOne, state })
  void runFunction(place, request, call).then(end)
  return {
    abort(reason) {
      inside.abort(reason)
      asker.abort(new Error(`the call was ${reason}`))
    },
    answer: (number, reply) => asker.answer(number, reply),
  }
}

function toRound(
  questions: Readonly<Record<string, Question>>,
  state: unknown,
  maxBytes: number,
): RunRound | RunFailure {
  try {
    if (!isJsonObject(state)) throw new TypeError('call.state: must be an object')
    const stateJson = toJson(state, 'call.state')
    const roundJson = `{"questions":${JSON.stringify(questions)},"state":${stateJson}}`
    const bytes = Buffer.byteLength(roundJson)
    if (bytes <= maxBytes) return { roundJson }
    throw new GatewayError(
      'RESULT_TOO_LARGE',
      `the function's questions and call.state are ${bytes} bytes of JSON; at most ${maxBytes} are allowed`,
    )
  } catch (error) {
    return toFailure(error, 'THROWN')
  }
}

async function runFunction(
  { methods, maxResultBytes }: RunPlace,
  request: RunRequest,
  call: FunctionCall,
): Promise<string | RunFailure> {
  let returned: unknown
  try {
    const method = await methods.method(request)
    returned = await method(request.input, call)
  } catch (error) {
    return toFailure(error, 'THROWN')
  }
  try {
    const { mcpType, mimeType, input } = request
    const result = toMcpResult(returned, { mcpType, mimeType, uri: readUri(input) })
    return toResultJson(result, maxResultBytes)
  } catch (error) {
    // A getter or a proxy in what the function returned may throw anything.
    return toFailure(error, 'RESULT_INVALID')
  }
}

function toFailure(error: unknown, otherwise: RunFailure['code']): RunFailure {
  if (error instanceof GatewayError)
    return { code: error.code, message: error.message, errorData: error.data }
  const { message, stack } = readThrown(error)
  return { code: otherwise, message, stack }
}

/** A resource's function gets `{ uri, params }`. */
function readUri(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !('uri' in input)) return undefined
  return typeof input.uri === 'string' ? input.uri : undefined
}
