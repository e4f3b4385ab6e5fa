import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Call, defineBundle, type FromSchema } from '../../src/author/author.js'
import { toBundleClass } from '../../src/author/bundle-class.js'

const echo = {
  description: 'Echoes',
  inputSchema: { type: 'object' },
  handler: (args: unknown) => args,
}

function construct(module: object, setting: unknown = {}) {
  const made: unknown = new (toBundleClass(module))(setting)
  return made as Record<string, (input?: unknown, call?: unknown) => unknown>
}

function told(module: object): Record<string, never> {
  return JSON.parse(String(construct(module)['manifest']?.()))
}

describe('types', () => {
  it('arguments, variables, prompt values and the setting follow from what is written', () => {
    const bundle = defineBundle({
      package: 'typed',
      setting: { greeting: 'Hello', apiKey: '${API_KEY}' },
      tools: {
        add: {
          description: 'Adds',
          inputSchema: {
            type: 'object',
            properties: {
              a: { type: 'number' },
              b: { type: 'integer' },
              kind: { enum: ['sum', 'difference'] },
              tags: { type: 'array', items: { type: 'string' } },
              either: { anyOf: [{ type: 'null' }, { type: 'boolean' }] },
              place: {
                type: 'object',
                properties: { city: { type: 'string' } },
                required: ['city'],
              },
            },
            required: ['a', 'place'],
          },
          handler(args, call, setting) {
            expectTypeOf(args.a).toEqualTypeOf<number>()
            expectTypeOf(args.b).toEqualTypeOf<number | undefined>()
            expectTypeOf(args.kind).toEqualTypeOf<'sum' | 'difference' | undefined>()
            expectTypeOf(args.tags).toEqualTypeOf<readonly string[] | undefined>()
            expectTypeOf(args.either).toEqualTypeOf<boolean | null | undefined>()
            expectTypeOf(args.place).toEqualTypeOf<{ readonly city: string }>()
            expectTypeOf(call).toEqualTypeOf<Call>()
            expectTypeOf(setting).toEqualTypeOf<{ greeting: string; apiKey: string }>()
            // @ts-expect-error -- no such argument
            return args.c
          },
        },
      },
      resources: {
        page: {
          uriTemplate: 'docs://{book}/{page}',
          description: 'A page',
          handler({ uri, params }) {
            expectTypeOf(uri).toEqualTypeOf<string>()
            expectTypeOf(params).toEqualTypeOf<{ readonly book: string; readonly page: string }>()
          },
          complete: { book: (value) => [value] },
        },
        search: {
          uriTemplate: 'docs://search{?words}',
          description: 'Pages with words',
          handler({ params }) {
            expectTypeOf(params).toEqualTypeOf<Readonly<Record<string, string>>>()
          },
        },
        about: { uri: 'docs://about', description: 'About', handler: () => 'about' },
      },
      prompts: {
        ask: {
          description: 'Asks',
          arguments: { topic: { required: true }, tone: {} },
          handler({ topic, tone }) {
            expectTypeOf(topic).toEqualTypeOf<string>()
            expectTypeOf(tone).toEqualTypeOf<string | undefined>()
          },
          complete: { tone: (value, known) => [value, ...Object.keys(known)] },
        },
      },
    })
    expect(bundle.package).toBe('typed')
  })

  it('what the types cannot tell is unknown, and an author may say it', () => {
    expectTypeOf<FromSchema<{ readonly $ref: '#/$defs/a' }>>().toBeUnknown()
    expectTypeOf<FromSchema<{ readonly type: 'object' }>>().toEqualTypeOf<
      Readonly<Record<string, unknown>>
    >()
    const schema: Record<string, unknown> = { type: 'object' }
    const said = defineBundle({
      package: 'said',
      tools: {
        sum: {
          description: 'Sums',
          inputSchema: schema,
          handler: (args: { values: number[] }) => args.values.length,
        },
      },
    })
    expect(said).toHaveProperty('tools.sum')
  })

  it('a wrong definition does not compile', () => {
    const handler = () => 'x'
    const wrong = [
      // @ts-expect-error -- a tool needs a description
      () => defineBundle({ package: 'w', tools: { a: { inputSchema: {}, handler } } }),
      // @ts-expect-error -- and a schema
      () => defineBundle({ package: 'w', tools: { a: { description: 'd', handler } } }),
      () =>
        defineBundle({
          package: 'w',
          resources: {
            // @ts-expect-error -- only variables of the template have completions
            r: { uriTemplate: 'a://{b}', description: 'd', handler, complete: { c: () => [] } },
          },
        }),
      () =>
        defineBundle({
          package: 'w',
          // @ts-expect-error -- what is required is true or false
          prompts: { p: { description: 'd', arguments: { a: { required: 'yes' } }, handler } },
        }),
    ]
    expect(wrong).toHaveLength(4)
  })
})

describe('the manifest of a definition', () => {
  it('shows what was written, with a link for every function', () => {
    const tools = {
      'echo.back-1': { ...echo, title: 'Echo', annotations: { readOnlyHint: true } },
      echo_back_1: { ...echo, background: true, redact: ['/password'] },
      later: { ...echo, background: { taskSupport: 'required', asksFirst: true } },
    }
    const resources = {
      greeting: {
        uriTemplate: 'greeting://{code}',
        description: 'Greets',
        handler: () => 'hi',
        complete: { code: () => ['de'] },
      },
    }
    const prompts = {
      ask: {
        description: 'Asks',
        arguments: { topic: { required: true, description: 'Of what' }, tone: {} },
        redact: ['/topic'],
        handler: () => 'ask',
      },
    }
    const setting = { key: '${KEY}' }
    const definition = { package: 'p', network: 'none', setting, tools, resources, prompts }
    const code = { module_name: 'bundle', class_name: 'Bundle' }
    expect(told({ default: definition })['manifest']).toEqual({
      tools: [
        {
          name: 'echo.back-1',
          title: 'Echo',
          description: 'Echoes',
          inputSchema: { type: 'object' },
          annotations: { readOnlyHint: true },
        },
        { name: 'echo_back_1', description: 'Echoes', inputSchema: { type: 'object' } },
        { name: 'later', description: 'Echoes', inputSchema: { type: 'object' } },
      ],
      resources: [{ name: 'greeting', uriTemplate: 'greeting://{code}', description: 'Greets' }],
      prompts: [
        {
          name: 'ask',
          description: 'Asks',
          arguments: [{ name: 'topic', required: true, description: 'Of what' }, { name: 'tone' }],
        },
      ],
      module_links: [
        { type: 'tool', name: 'echo.back-1', ...code, function_name: 'tool_echo_back_1' },
        {
          type: 'tool',
          name: 'echo_back_1',
          ...code,
          function_name: 'tool_echo_back_1_2',
          is_async: true,
          redact: ['/password'],
        },
        {
          type: 'tool',
          name: 'later',
          ...code,
          function_name: 'tool_later',
          is_async: true,
          task_support: 'required',
          asks_first: true,
        },
        {
          type: 'resource',
          name: 'greeting',
          ...code,
          function_name: 'resource_greeting',
          completion_function_name: 'complete_resource_greeting',
        },
        {
          type: 'prompt',
          name: 'ask',
          ...code,
          function_name: 'prompt_ask',
          redact: ['/topic'],
        },
      ],
      modules: [{ package_name: 'p', ...code, setting, network: 'none' }],
    })
  })

  it('may be exported as `bundle` too', () => {
    const bundle = { package: 'named', tools: { echo } }
    expect(told({ bundle })).toMatchObject({ manifest: { modules: [{ package_name: 'named' }] } })
  })

  it.each([
    ['a module without a bundle', {}, /^the module exports no bundle: expected `export default/],
    ['a tool without a handler', { tools: { a: {} } }, /^tools\.a\.handler: expected a function$/],
    ['a tool that is a function', { tools: { a: () => 1 } }, /^tools\.a: expected an object/],
    ['a list of tools', { tools: [echo] }, /^tools: expected an object, by name$/],
    [
      'a completion of a tool',
      { tools: { a: { ...echo, complete: {} } } },
      /^tools\.a\.complete: only prompts and resource templates/,
    ],
    [
      'a completion that is no function',
      { prompts: { a: { ...echo, complete: { tone: ['x'] } } } },
      /^prompts\.a\.complete\.tone: expected a function$/,
    ],
  ])('%s is a problem with its path', (_case, definition, expected) => {
    const isEmpty = Object.keys(definition).length === 0
    const { problems } = told(isEmpty ? {} : { default: { package: 'p', ...definition } })
    expect(problems).toEqual([expect.stringMatching(expected)])
  })
})

describe('the class of a definition', () => {
  it('gives each function its input, the call and the setting', async () => {
    const handler = async (...given: unknown[]) => given
    const bundle = { package: 'p', tools: { a: { ...echo, handler } } }
    const made = construct({ default: bundle }, { key: 'k' })
    expect(await made['tool_a']?.({ x: 1 }, 'the call')).toEqual([
      { x: 1 },
      'the call',
      { key: 'k' },
    ])
  })

  it('`this` of a function is the object in which it was written', () => {
    const counter = {
      ...echo,
      count: 0,
      handler() {
        return ++this.count
      },
    }
    const made = construct({ default: { package: 'p', tools: { counter } } })
    expect([made['tool_counter']?.({}), made['tool_counter']?.({})]).toEqual([1, 2])
  })

  it('completes the argument that is typed, and suggests nothing for others', () => {
    const complete = {
      tone: (value: string, known: object) => [value, JSON.stringify(known)],
      length: 3,
    }
    const made = construct({ default: { package: 'p', prompts: { a: { ...echo, complete } } } })
    const ask = (name: string) =>
      made['complete_prompt_a']?.({ argument: { name, value: 'f' }, arguments: { topic: 't' } })
    expect(ask('tone')).toEqual(['f', '{"topic":"t"}'])
    expect(['topic', 'constructor', 'toString'].map(ask)).toEqual([[], [], []])
  })
})
