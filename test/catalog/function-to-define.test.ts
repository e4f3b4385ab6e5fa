import { expect, it } from 'vitest'
import type { FunctionToDefine } from '../../src/catalog/administration.js'
import { readDefinition } from '../../src/catalog/function-to-define.js'
import { nestedIn } from './nested.js'

const TARGET = { moduleName: 'weather', className: 'Weather', functionName: 'lookup' }

const dataOf = (name: string) => ({ name, inputSchema: { type: 'object' } })

const define = (more: Partial<FunctionToDefine> = {}) =>
  readDefinition(
    {
      endpointId: 'acme',
      mcpType: 'tool',
      key: 'mine',
      mode: 'create',
      actor: 'op',
      data: dataOf('mine'),
      target: TARGET,
      ...more,
    },
    undefined,
  )

it('a function is what an operator says of it, its members in their order', async () => {
  const data = { title: 'Mine', ...dataOf('mine'), description: 'mine', own: 1 }
  const definition = await define({ data, isAsync: true, access: { allow: ['user:ann'] } })
  expect(definition).toEqual({
    mcpType: 'tool',
    name: 'mine',
    data,
    ...TARGET,
    isAsync: true,
    access: { allow: ['user:ann'] },
  })
  expect(Object.keys(definition.data)).toEqual(Object.keys(data))
})

it('what is left out stays, and null takes back', async () => {
  const before = await define({ access: { deny: ['user:bob'] }, redact: ['/a'] })
  const change: FunctionToDefine = {
    endpointId: 'acme',
    mcpType: 'tool',
    key: 'mine',
    mode: 'update',
    actor: 'op',
  }
  expect(await readDefinition(change, before)).toEqual(before)
  const { access: _, redact: __, ...rest } = before
  expect(await readDefinition({ ...change, access: null, redact: null }, before)).toEqual(rest)
})

it.each<[string, Partial<FunctionToDefine>, string]>([
  ['a name that is none', { key: 'a b', data: dataOf('a b') }, 'data.name: expected 1 to 128'],
  ['another name', { data: dataOf('other') }, 'data: is of "other", and it is to be "mine"'],
  ['no schema', { data: { name: 'mine' } }, 'data.inputSchema: is missing'],
  [
    'a schema that does not compile',
    { data: { name: 'mine', inputSchema: { type: 'object', properties: { a: { type: 'x' } } } } },
    'data.inputSchema',
  ],
  [
    'a template that cannot be matched',
    {
      mcpType: 'resource_template',
      key: 'docs://{#a}',
      data: { name: 'a', uriTemplate: 'docs://{#a}' },
    },
    'data.uriTemplate: ',
  ],
  ['no URI', { mcpType: 'resource', key: 'a', data: { name: 'a' } }, 'data.uri: is missing'],
  [
    'an argument twice',
    {
      mcpType: 'prompt',
      key: 'ask',
      data: { name: 'ask', arguments: [{ name: 'a' }, { name: 'a' }] },
    },
    'data.arguments.1.name: "a" is declared already',
  ],
  ['no method', { target: { ...TARGET, functionName: '' } }, 'methodName: expected'],
  ['a rule that is none', { access: { allow: ['ann'] } }, 'access.allow.0: expected role:NAME'],
  ['a pointer that is none', { redact: ['city'] }, 'redact.0: expected a JSON pointer'],
  ['too much data', { data: { ...dataOf('mine'), x: 'x'.repeat(70_000) } }, 'data: has more than'],
  ['what nests too deep', { data: { ...dataOf('mine'), x: nestedIn(5_000) } }, 'data: is nested'],
])('a function with %s is refused, naming the field', async (_what, wrong, said) => {
  await expect(define(wrong)).rejects.toMatchObject({
    code: 'INVALID_PARAMS',
    message: expect.stringContaining(said),
    data: { problems: [expect.stringContaining(said)] },
  })
})
