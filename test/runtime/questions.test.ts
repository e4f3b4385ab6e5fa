import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GatewayError } from '../../src/domain/errors.js'
import type { Executor, Question, Questions } from '../../src/runtime/runtime.js'
import {
  begin,
  inlineExecutor,
  jobFor,
  recorder,
  recordingLog,
  resultOf,
  processExecutor,
  workerExecutor,
  type JobChanges,
} from './bundles-on-disk.js'

const executors = [
  { kind: 'process', create: processExecutor },
  { kind: 'worker', create: workerExecutor },
  { kind: 'inline', create: inlineExecutor },
] as const

const accepted = { action: 'accept', content: {} }
const form = { message: 'm', requestedSchema: {} }
const elicited = { method: 'elicitation/create', answer: accepted } as const

const rounds = (answers: Extract<Questions, { mode: 'rounds' }>['answers'] = {}, state = {}) =>
  ({ mode: 'rounds', answers, state }) as const

describe.each(executors)('a question in the $kind executor', ({ create }) => {
  let executor: Executor
  const { log, lines } = recordingLog()
  const run = (name: string, changes: JobChanges, input: unknown = {}) =>
    executor.run(jobFor(`asking:Asking.${name}`, input, changes))
  const structured = async (name: string, changes: JobChanges, input?: unknown) =>
    (await resultOf(run(name, changes, input)))['structuredContent']

  const notesOf = (callId: string) => structured('readNotes', {}, { callId })

  beforeEach(() => {
    lines.length = 0
    executor = create({ log, limits: { maxConcurrentCalls: 2 } })
  })
  afterEach(() => executor.close())

  describe('in rounds', () => {
    test('all open questions go out as one round', async () => {
      expect(await run('three', { questions: rounds() })).toEqual({
        kind: 'input_required',
        questions: {
          person: {
            method: 'elicitation/create',
            params: { message: 'Well?', requestedSchema: { type: 'object' } },
          },
          model: { method: 'sampling/createMessage', params: { messages: [], maxTokens: 5 } },
          roots: { method: 'roots/list', params: {} },
        },
        state: {},
      })
    })

    test('answers of earlier rounds are there at once, and only the rest is asked', async () => {
      const outcome = await run('three', { questions: rounds({ person: elicited }) })
      expect(outcome).toMatchObject({ kind: 'input_required' })
      expect(Object.keys('questions' in outcome ? outcome.questions : {})).toEqual([
        'model',
        'roots',
      ])
      const answers = {
        person: elicited,
        model: { method: 'sampling/createMessage', answer: { model: 'm' } },
        roots: { method: 'roots/list', answer: { roots: [] } },
      } as const
      expect(await structured('three', { questions: rounds(answers) })).toEqual({
        person: accepted,
        model: { model: 'm' },
        roots: { roots: [] },
      })
    })

    test('the state of one round is found in the next, changed or not', async () => {
      const first = await run('counting', { questions: rounds() })
      expect(first).toMatchObject({ state: { count: 1 } })
      const second = await run('counting', {
        questions: rounds({ 'round-1': elicited }, { count: 1 }),
      })
      expect(second).toMatchObject({ state: { count: 2 }, questions: { 'round-2': {} } })
    })

    test('a run with open questions is discarded: nothing that it does later is heard', async () => {
      const { recorded, listeners } = recorder()
      expect(
        await run('busy', { questions: rounds(), callId: 'busy', ...listeners }),
      ).toMatchObject({
        kind: 'input_required',
      })
      await expect.poll(() => notesOf('busy')).toEqual({ notes: ['went on', 'finally'] })
      expect(recorded).toEqual({ progress: [{ progress: 1 }], logs: [], notices: [] })
    })

    test('catch and finally do not run, and no slot stays taken', async () => {
      for (let n = 0; n < 5; n++)
        expect(await run('guarded', { questions: rounds(), callId: 'guarded' })).toHaveProperty(
          'questions.one',
        )
      expect(await notesOf('guarded')).toEqual({ notes: [] })
      const caller = new AbortController()
      const waiting = () =>
        begin(
          executor,
          jobFor(
            'asking:Asking.untilRefused',
            {},
            {
              signal: caller.signal,
              questions: { mode: 'requests', ask: () => new Promise(() => undefined) },
            },
          ),
        )
      const both = [waiting(), waiting()]
      await Promise.all(both.map(({ begun }) => begun))
      caller.abort()
      await Promise.allSettled(both.map(({ result }) => result))
    })

    test('a run that ends by itself first has its result', async () => {
      expect(await resultOf(run('careless', { questions: rounds() }))).toMatchObject({
        content: [{ text: 'done' }],
      })
    })

    test.each([['text'], [[1]], ['code'], [null]])(
      'a state that is no JSON object (%j) fails the call',
      async (state) => {
        await expect(run('breakState', { questions: rounds() }, { state })).rejects.toMatchObject({
          name: 'FunctionError',
          message: expect.stringContaining('call.state'),
        })
      },
    )

    test('questions and state are held to the limit of results', async () => {
      await expect(
        run('bigState', { questions: rounds() }, { bytes: 200_000 }),
      ).rejects.toMatchObject({ code: 'RESULT_TOO_LARGE' })
    })

    test('a key that was answered as another kind is a TypeError', async () => {
      const answers = { one: { method: 'roots/list', answer: { roots: [] } } } as const
      await expect(run('one', { questions: rounds(answers) })).rejects.toMatchObject({
        message: expect.stringContaining('was asked as roots/list before'),
      })
    })
  })

  describe('as requests', () => {
    const requests = (ask: (question: Question) => Promise<Record<string, unknown>>) =>
      ({ mode: 'requests', ask }) as const

    test('the function waits for the answer and goes on', async () => {
      const asked: Question[] = []
      const questions = requests(async (question) => {
        asked.push(question)
        return accepted
      })
      expect(await structured('one', { questions })).toEqual({ answer: accepted })
      expect(asked).toMatchObject([{ method: 'elicitation/create' }])
    })

    test('several are open at a time, and each gets its own answer', async () => {
      const questions = requests(async ({ method }) => ({ method }))
      expect(await structured('three', { questions })).toEqual({
        person: { method: 'elicitation/create' },
        model: { method: 'sampling/createMessage' },
        roots: { method: 'roots/list' },
      })
    })

    test('a refusal is a rejection with its message; of a bug the function learns nothing', async () => {
      const refused = requests(async () => {
        throw new GatewayError('FUNCTION_FAILED', 'the client said no')
      })
      expect(await structured('untilRefused', { questions: refused })).toEqual({
        refusal: 'the client said no',
        isReal: true,
      })
      const broken = requests(async () => {
        throw new Error('a secret detail')
      })
      expect(await structured('untilRefused', { questions: broken })).toMatchObject({
        refusal: 'the client could not be asked',
      })
      expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1)
    })

    test('a refusal that the function does not look at ends no instance', async () => {
      const questions = requests(async () => {
        throw new GatewayError('FUNCTION_FAILED', 'no')
      })
      await resultOf(run('careless', { questions }))
      expect(await structured('untilRefused', { questions })).toMatchObject({ refusal: 'no' })
    })

    test('a cancelled call hears it through its question', async () => {
      const caller = new AbortController()
      const questions = requests(() => new Promise(() => undefined))
      const { signal } = caller
      const job = jobFor(
        'asking:Asking.untilRefused',
        {},
        {
          questions,
          signal,
          callId: 'cancelled',
        },
      )
      const { result, begun } = begin(executor, job)
      await begun
      caller.abort()
      await expect(result).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
      await expect.poll(() => notesOf('cancelled')).toEqual({ notes: ['the call was cancelled'] })
    })

    test('a call ends at its deadline, its question open or not', async () => {
      const questions = requests(() => new Promise(() => undefined))
      await expect(run('one', { questions, deadline: Date.now() + 60 })).rejects.toMatchObject({
        code: 'CALL_TIMED_OUT',
      })
    })

    test('a call asks a limited number of questions', async () => {
      let count = 0
      const questions = requests(async () => {
        count++
        return accepted
      })
      await expect(run('endlessly', { questions })).rejects.toMatchObject({
        message: 'a call may ask at most 64 questions',
      })
      expect(count).toBe(64)
    })
  })

  test('a key asked twice has one answer', async () => {
    const questions = rounds({ one: elicited })
    expect(await structured('twice', { questions })).toEqual({ isSame: true })
  })

  test('a key asked as another kind is a TypeError', async () => {
    await expect(run('otherKind', { questions: rounds() })).rejects.toMatchObject({
      message: 'the key "one" was asked as elicitation/create before: take another key',
    })
  })

  test.each([
    ['elicit', 'a b', form, 'key of a question'],
    ['elicit', '__proto__', form, 'key of a question'],
    ['elicit', '', form, 'key of a question'],
    ['elicit', 'k', 'text', 'must be an object'],
    ['elicit', 'k', {}, 'message must be a string'],
    ['elicit', 'k', { message: 'm' }, 'requestedSchema must be an object'],
    ['elicit', 'k', { message: 'm', mode: 'url' }, 'url must be a string'],
    ['sample', 'k', {}, 'messages must be an array'],
    ['sample', 'k', { messages: [] }, 'maxTokens must be a number'],
  ])(
    'call.%s("%s", %j) is a TypeError that says what was expected',
    async (method, key, params, message) => {
      await expect(
        run('badly', { questions: rounds() }, { method, key, params }),
      ).rejects.toMatchObject({ message: expect.stringContaining(message) })
    },
  )

  test('where nobody can be asked, the function is told so', async () => {
    expect(await structured('untilRefused', {})).toEqual({
      refusal: 'the client cannot be asked: its connection takes no questions',
      isReal: true,
    })
  })
})
