/**
 * Questions of 2026-07-28: a run ends with them, the client answers with the same request anew, and
 * the function runs again from the top. What is known between the rounds travels sealed with the
 * client: only the number of a round whose answers were used is kept, so that they are used once.
 */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { QUESTION_METHODS } from '../domain/question.js'
import type { StateStore } from '../domain/state-store.js'
import { type JsonObject, MAX_REQUEST_STATE_CHARS, toInputRequired } from '../protocol/protocol.js'
import type { AnsweredQuestion, InputRequired } from '../runtime/runtime.js'
import type { Sealer } from '../sealing/sealing.js'
import { readAnswers, toOpenQuestions } from './client-answers.js'
import { toRoundContext } from './round-context.js'
import type { Asked, Conversation, Turn } from './turn.js'

export interface RoundsParts {
  readonly sealer: Sealer
  readonly state: StateStore
  readonly clock: Clock
  /** How long a client may take for the answers, in milliseconds. */
  readonly roundTtlMs: number
}

export interface Rounds {
  /** @throws GatewayError `INVALID_PARAMS` for a `requestState` that is not ours, old or used up */
  begin(asked: Asked): Promise<Turn>
  /**
   * The result that asks the client.
   *
   * @throws GatewayError `MISSING_CAPABILITY`, `RESULT_TOO_LARGE`, `FUNCTION_FAILED`
   */
  ask(asked: Asked, turn: Turn, required: InputRequired): RoundResult
}

export interface RoundResult {
  readonly result: JsonObject
  readonly conversationId: string
}

/** Clocks of instances differ: a used number is remembered a little longer than its seal is good. */
const CLOCK_TOLERANCE_MS = 60_000

const questionMethod = z.enum(QUESTION_METHODS)
const object = z.record(z.string(), z.unknown())

/** What is sealed. Whose it is and which request it belongs to is the seal's context. */
const Sealed = z.object({
  conversationId: z.string(),
  round: z.number(),
  expiresAt: z.number(),
  /** The code that goes on, also when another version is active by then. */
  code: z.object({
    packageName: z.string(),
    sha256: z.string(),
    moduleName: z.string(),
    className: z.string(),
    functionName: z.string(),
  }),
  answers: z.record(z.string(), z.object({ method: questionMethod, answer: object })),
  open: z.record(z.string(), z.object({ method: questionMethod, schema: object.optional() })),
  state: object,
})

type Sealed = z.infer<typeof Sealed>

export function createRounds({ sealer, state, clock, roundTtlMs }: RoundsParts): Rounds {
  const open = (asked: Asked, requestState: string): Sealed => {
    const text = sealer.open(requestState, toRoundContext(asked))
    const sealed = text === undefined ? undefined : Sealed.safeParse(JSON.parse(text)).data
    if (sealed === undefined || sealed.expiresAt <= clock.now()) throw refused()
    return sealed
  }
  const spend = async ({ endpointId }: Asked['caller'], sealed: Sealed) => {
    const id = `${sealed.conversationId}.${sealed.round}`
    const expiresAt = sealed.expiresAt + CLOCK_TOLERANCE_MS
    const isFirst = await state.create({ endpointId, kind: 'round', id }, { value: {}, expiresAt })
    if (!isFirst) throw refused()
  }
  return {
    begin: async (asked) => {
      const { requestState, inputResponses = {} } = asked.request.params
      if (requestState === undefined) return firstTurn(asked, inputResponses)
      const sealed = open(asked, requestState)
      const given = readAnswers(asked.caller, sealed.open, inputResponses)
      const answers = { ...sealed.answers, ...given }
      const { conversationId: id, round, expiresAt } = sealed
      const isComplete = Object.keys(given).length === Object.keys(sealed.open).length
      if (isComplete) await spend(asked.caller, sealed)
      return {
        target: targetOf(asked, sealed.code),
        questions: { mode: 'rounds', answers, state: sealed.state },
        // Asked once more, a round keeps its number, and with it its end.
        conversation: isComplete ? { id, round: round + 1 } : { id, round, expiresAt },
        isAnswered: isComplete,
        end: () => undefined,
      }
    },

    ask: (asked, turn, { questions, state: functionState }) => {
      const { id, round, expiresAt } = turn.conversation ?? newConversation()
      const { bundle, moduleName, className, functionName } = turn.target
      const { packageName, sha256 } = bundle
      const sealed: Sealed = {
        conversationId: id,
        round,
        expiresAt: expiresAt ?? clock.now() + roundTtlMs,
        code: { packageName, sha256, moduleName, className, functionName },
        answers: answersOf(turn),
        open: toOpenQuestions(asked, questions),
        state: functionState,
      }
      const requestState = sealer.seal(JSON.stringify(sealed), toRoundContext(asked))
      refuseTooLarge(requestState)
      return { result: toInputRequired(questions, requestState), conversationId: id }
    },
  }
}

/** @param offered answers that came before anything was asked, unchecked */
function firstTurn(asked: Asked, offered: JsonObject): Turn {
  const first: Turn = {
    target: asked.fn.target,
    questions: { mode: 'rounds', answers: {}, state: {} },
    end: () => undefined,
  }
  return withOffered(asked, first, offered)
}

function withOffered(asked: Asked, turn: Turn, offered: JsonObject): Turn {
  const resume: Turn['resume'] = async ({ questions, state }) => {
    const given = readAnswers(asked.caller, toOpenQuestions(asked, questions), offered)
    const count = Object.keys(given).length
    if (count === 0) return undefined
    const answers = { ...answersOf(turn), ...given }
    const isAnswered = count === Object.keys(questions).length
    const next: Turn = { ...turn, questions: { mode: 'rounds', answers, state }, isAnswered }
    return withOffered(asked, next, offered)
  }
  return { ...turn, resume }
}

function newConversation(): Conversation {
  return { id: randomUUID(), round: 1 }
}

function answersOf({ questions }: Turn): Record<string, AnsweredQuestion> {
  return questions?.mode === 'rounds' ? { ...questions.answers } : {}
}

/** The setting is today's: a version is what a conversation keeps to, not a password. */
function targetOf({ caller, fn }: Asked, code: Sealed['code']): Turn['target'] {
  const { packageName, sha256, ...names } = code
  const bundle = { endpointId: caller.endpointId, packageName, sha256 }
  return { bundle, ...names, setting: fn.target.setting }
}

function refuseTooLarge(requestState: string): void {
  if (requestState.length <= MAX_REQUEST_STATE_CHARS) return
  throw new GatewayError(
    'RESULT_TOO_LARGE',
    `The answers of this conversation, its open schemas and call.state are ${requestState.length} characters when sealed; at most ${MAX_REQUEST_STATE_CHARS} are allowed`,
  )
}

/** One answer for every reason, so that a forger learns nothing. */
function refused(): GatewayError {
  return new GatewayError('INVALID_PARAMS', 'Invalid or expired requestState')
}
