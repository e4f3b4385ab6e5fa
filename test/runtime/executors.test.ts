import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Executor } from '../../src/runtime/runtime.js'
import {
  inlineExecutor,
  jobFor,
  openBundle,
  recordingLog,
  resultOf,
  processExecutor,
  workerExecutor,
} from './bundles-on-disk.js'

const executors = [
  { kind: 'process', create: processExecutor },
  { kind: 'worker', create: workerExecutor },
  { kind: 'inline', create: inlineExecutor },
] as const

describe.each(executors)('the $kind executor', ({ kind, create }) => {
  let executor: Executor
  const { log, lines } = recordingLog()
  const run = (path: string, input?: unknown, changes?: Parameters<typeof jobFor>[2]) =>
    resultOf(executor.run(jobFor(path, input, changes)))

  beforeEach(() => {
    lines.length = 0
    executor = create({ log })
  })
  afterEach(() => executor.close())

  test('says which kind it is', () => {
    expect(executor.kind).toBe(kind)
  })

  describe('results', () => {
    test('a text becomes one text block', async () => {
      expect(await run('kinds:Tools.give', { value: 'hi' })).toEqual({
        content: [{ type: 'text', text: 'hi' }],
      })
    })

    test('an async function is awaited', async () => {
      expect(await run('kinds:Tools.giveLater', { value: { city: 'Rome' } })).toEqual({
        content: [{ type: 'text', text: '{"city":"Rome"}' }],
        structuredContent: { city: 'Rome' },
      })
    })

    test('bytes of a resource cross as base64', async () => {
      const changes = { mcpType: 'resource', mimeType: 'image/png' } as const
      expect(await run('kinds:Tools.giveBytes', { uri: 'img://1' }, changes)).toEqual({
        contents: [{ uri: 'img://1', mimeType: 'image/png', blob: 'AQID' }],
      })
    })

    test('a prompt becomes messages', async () => {
      expect(await run('kinds:Tools.give', { value: 'hi' }, { mcpType: 'prompt' })).toEqual({
        messages: [{ role: 'user', content: { type: 'text', text: 'hi' } }],
      })
    })

    test('a resource function that returns nothing means that there is no such resource', async () => {
      const changes = { mcpType: 'resource_template' } as const
      await expect(
        run('kinds:Tools.giveUndefined', { uri: 'x://1' }, changes),
      ).rejects.toMatchObject({
        code: 'RESOURCE_NOT_FOUND',
        data: { uri: 'x://1' },
      })
    })

    test.each(['giveBigInt', 'giveCircular', 'giveFunction', 'giveTrap'])(
      'what JSON cannot hold (%s) is refused as RESULT_INVALID',
      async (name) => {
        await expect(run(`kinds:Tools.${name}`)).rejects.toMatchObject({ code: 'RESULT_INVALID' })
      },
    )

    test('a result above the limit is refused, naming the limit', async () => {
      await expect(run('kinds:Tools.giveLong', { bytes: 100_000 })).rejects.toMatchObject({
        code: 'RESULT_TOO_LARGE',
        message: expect.stringContaining('at most 100000'),
      })
      expect(await run('kinds:Tools.giveLong', { bytes: 99_000 })).toHaveProperty('content')
    })
  })

  describe('errors', () => {
    test.each([
      ['throwError', { message: 'no such city' }, 'no such city'],
      ['throwError', { message: '' }, 'Error without a message'],
      ['throwLater', {}, 'no such city'],
      ['throwText', {}, 'just a text'],
      ['throwNothing', {}, 'undefined'],
      ['throwObject', {}, '{"reason":"an object"}'],
      ['throwTrap', {}, 'something that cannot be read was thrown'],
    ])('%s(%j) fails with the message "%s"', async (name, input, message) => {
      await expect(run(`kinds:Tools.${name}`, input)).rejects.toMatchObject({
        name: 'FunctionError',
        message,
      })
    })

    test('the stack goes to the debug log and nowhere else', async () => {
      const error: unknown = await run('kinds:Tools.throwError', { message: 'oops' }).catch(
        (e) => e,
      )
      expect(error).toMatchObject({ message: 'oops' })
      expect(error).not.toHaveProperty('cause')
      expect(error).toHaveProperty('stack', expect.not.stringContaining('throwError'))
      expect(lines.find(({ fields }) => 'stack' in fields)).toMatchObject({
        level: 'debug',
        fields: { callId: 'call-1', stack: expect.stringContaining('throwError') },
      })
    })

    test('a message is cut at 4 KiB of whole characters', async () => {
      const error: unknown = await run('kinds:Tools.throwError', {
        message: '€'.repeat(5000),
      }).catch((e) => e)
      expect(error).toMatchObject({ message: '€'.repeat(1365) })
    })

    test.each([
      ['kinds/absent:Tools.give', 'module "absent" has no file'],
      ['kinds:Absent.give', 'module "kinds" exports no class "Absent"'],
      ['kinds:notAClass.work', 'exports no class "notAClass"'],
      ['kinds:Tools.absent', 'class "Tools" has no method "absent"'],
      ['kinds:Tools.constructor', 'has no method "constructor"'],
      ['kinds:Tools.toString', 'has no method "toString"'],
      ['kinds:Tools.__proto__', 'has no method "__proto__"'],
      ['kinds:Tools.notAFunction', 'has no method "notAFunction"'],
    ])('%s fails as FUNCTION_FAILED: %s', async (path, message) => {
      await expect(run(path)).rejects.toMatchObject({
        code: 'FUNCTION_FAILED',
        message: expect.stringContaining(message),
      })
    })

    test('what a module throws while it loads is the function’s error', async () => {
      await expect(run('broken:Broken.work')).rejects.toMatchObject({
        name: 'FunctionError',
        message: 'module "broken" could not be loaded: the license file is missing',
      })
    })

    test('an import that fails does not tell where bundles lie', async () => {
      const { folder } = openBundle('broken')
      const error: unknown = await run('broken/importing:Importing.work').catch((e) => e)
      expect(error).toMatchObject({
        name: 'FunctionError',
        message: expect.stringContaining('not-there.js'),
      })
      expect(error).toHaveProperty('message', expect.not.stringContaining(folder))
    })

    test('an open bundle that is not the target’s is a bug, not a call', async () => {
      const bundle = openBundle('kinds', 'other')
      const job = jobFor('kinds:Tools.give', { value: 1 })
      await expect(executor.run({ ...job, bundle })).rejects.toThrow('is not the target')
    })
  })

  describe('code', () => {
    test('an inherited method is found', async () => {
      expect(await run('kinds:Tools.inherited')).toMatchObject({
        content: [{ text: 'from the base class' }],
      })
    })

    test('CommonJS exports are found', async () => {
      expect(await run('legacy:Legacy.greet', { name: 'ada' })).toMatchObject({
        content: [{ text: 'hello/ada' }],
      })
    })

    test('a CommonJS module that is the class itself is found', async () => {
      expect(await run('legacy/single:Single.greet')).toMatchObject({
        content: [{ text: 'the module is the class' }],
      })
    })

    test('the call says who asks, which call it is and until when', async () => {
      const deadline = Date.now() + 5000
      const changes = { callId: 'call-7', userId: 'grace', deadline }
      expect(await run('kinds:Tools.identify', {}, changes)).toHaveProperty('structuredContent', {
        endpointId: 'acme',
        userId: 'grace',
        callId: 'call-7',
        deadline,
        isAborted: false,
      })
    })

    test('a class is constructed once and reused', async () => {
      await run('kinds:Tools.increment')
      expect(await run('kinds:Tools.increment')).toHaveProperty('structuredContent', { count: 2 })
    })

    test('calls at the same time share one instance of the class', async () => {
      const results = await Promise.all([1, 2, 3].map(() => run('kinds:Tools.increment')))
      expect(results.map((result) => result['structuredContent'])).toEqual([
        { count: 1 },
        { count: 2 },
        { count: 3 },
      ])
    })

    test('another tenant, and another version, gets an instance of its own', async () => {
      await run('kinds:Tools.increment')
      const others = [openBundle('kinds', 'other'), openBundle('kinds', 'acme', 'b')]
      for (const bundle of others)
        expect(await run('kinds:Tools.increment', {}, { bundle })).toHaveProperty(
          'structuredContent',
          { count: 1 },
        )
    })
  })

  describe('trial load', () => {
    const method = (moduleName: string, className: string, functionName: string) => ({
      moduleName,
      className,
      functionName,
    })

    test('finds nothing to say of a good bundle, and constructs nothing', async () => {
      const methods = [method('kinds', 'Tools', 'give'), method('kinds', 'Fragile', 'work')]
      expect(await executor.check(openBundle('kinds'), methods)).toEqual([])
    })

    test('names every module, class and method that is missing', async () => {
      const methods = [
        method('kinds', 'Tools', 'absent'),
        method('kinds', 'Absent', 'give'),
        method('absent', 'Tools', 'give'),
      ]
      expect(await executor.check(openBundle('kinds'), methods)).toEqual([
        'class "Tools" has no method "absent"',
        'module "kinds" exports no class "Absent"',
        expect.stringContaining('module "absent" has no file'),
      ])
    })

    test('says what a module throws', async () => {
      expect(await executor.check(openBundle('broken'), [method('broken', 'A', 'b')])).toEqual([
        'module "broken" could not be loaded: the license file is missing',
      ])
    })
  })
})
