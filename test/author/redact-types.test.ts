import { expect, it } from 'vitest'
import { defineBundle } from '../../src/author/author.js'

const handler = () => 'x'
const pin = { type: 'object', properties: { pin: { type: 'string' }, 'a/b': {} } } as const

it('what is kept out of records is an argument that there is, or lies in one', () => {
  const anything: Record<string, unknown> = { type: 'object' }
  const right = defineBundle({
    package: 'right',
    tools: {
      listed: {
        description: 'd',
        inputSchema: { type: 'object', properties: { pin: { type: 'string' }, cards: {} } },
        redact: ['/pin', '/cards/0/number', ''],
        handler: ({ pin: given }) => given?.length,
      },
      unlisted: { description: 'd', inputSchema: anything, redact: ['/values/0'], handler },
      escaped: { description: 'd', inputSchema: pin, redact: ['/a~1b'], handler },
    },
    prompts: {
      ask: { description: 'd', arguments: { pin: {} }, redact: ['/pin'], handler },
    },
  })
  expect(right.package).toBe('right')
})

it('a name that is mistyped does not compile', () => {
  const wrong = [
    () =>
      defineBundle({
        package: 'w',
        prompts: {
          // @ts-expect-error -- only arguments that there are can be kept out of records
          p: { description: 'd', arguments: { pin: {} }, redact: ['/pni'], handler },
        },
      }),
    () =>
      defineBundle({
        package: 'w',
        tools: {
          a: {
            description: 'd',
            inputSchema: { type: 'object', properties: { pin: { type: 'string' } } },
            // @ts-expect-error -- the same of a tool
            redact: ['/pni'],
            handler,
          },
        },
      }),
  ]
  expect(wrong).toHaveLength(2)
})
