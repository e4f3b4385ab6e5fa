import { describe, expect, it } from 'vitest'
import { fillSetting, secretMembers, toDefinitions } from '../../src/manifest/definitions.js'
import { readManifest } from '../../src/manifest/manifest.js'

const noProblems = { schemaProblems: () => [], templateProblems: () => [] }

it('a manifest becomes functions with their code and modules with their settings', () => {
  const code = { module_name: 'm', class_name: 'C' }
  const background = { is_async: true, task_support: 'required', asks_first: true }
  const secrets = { redact: ['/password'] }
  const completed = { return_type: 'text', completion_function_name: 'pages' }
  const nulls = {
    task_support: null,
    asks_first: null,
    completion_function_name: null,
    redact: null,
  }
  const manifest = readManifest(
    JSON.stringify({
      tools: [
        { name: 'run', inputSchema: { type: 'object' }, uri: 'not://a-resource', 'x-a': null },
      ],
      resources: [
        { name: 'page', uri: 'docs://page' },
        { name: 'pages', uriTemplate: 'docs://{page}' },
      ],
      prompts: [{ name: 'run' }],
      module_links: [
        { type: 'prompt', name: 'run', ...code, function_name: 'prompt', ...nulls },
        { type: 'tool', name: 'run', ...code, function_name: 'tool', ...background, ...secrets },
        { type: 'resource', name: 'pages', ...code, function_name: 'page', ...completed },
        { type: 'resource', name: 'page', ...code, function_name: 'page', return_type: null },
      ],
      modules: [{ package_name: 'p', ...code, setting: null, source: 'git' }],
    }),
    noProblems,
  )
  const target = { moduleName: 'm', className: 'C', isAsync: false }
  expect(toDefinitions(manifest)).toEqual({
    packageName: 'p',
    functions: [
      {
        ...target,
        mcpType: 'tool',
        name: 'run',
        functionName: 'tool',
        isAsync: true,
        taskSupport: 'required',
        asksFirst: true,
        redact: ['/password'],
        data: manifest.tools[0],
      },
      {
        ...target,
        mcpType: 'resource',
        name: 'page',
        uri: 'docs://page',
        functionName: 'page',
        data: manifest.resources[0],
      },
      {
        ...target,
        mcpType: 'resource_template',
        name: 'pages',
        uri: 'docs://{page}',
        functionName: 'page',
        completionFunctionName: 'pages',
        returnType: 'text',
        data: manifest.resources[1],
      },
      {
        ...target,
        mcpType: 'prompt',
        name: 'run',
        functionName: 'prompt',
        data: manifest.prompts[0],
      },
    ],
    modules: [{ moduleName: 'm', className: 'C', settingId: 'p/m/C', source: 'git' }],
  })
})

describe('a setting', () => {
  it('has its placeholders filled wherever a string stands, and nothing else touched', () => {
    const setting = {
      url: 'https://${HOST}:${PORT}/',
      nested: { list: ['${HOST}', 7, null, true] },
      own: '$HOST ${not a name} $${PORT}',
    }
    expect(fillSetting(setting, { HOST: 'h', PORT: '1' }, 'setting')).toEqual({
      setting: {
        url: 'https://h:1/',
        nested: { list: ['h', 7, null, true] },
        own: '$HOST ${not a name} $1',
      },
      problems: [],
    })
  })

  it('is secret in the members that a variable fills, however deep', () => {
    const setting = {
      url: 'https://${HOST}/',
      deep: { list: [1, ['${KEY}']] },
      plain: '$HOST',
      n: 7,
    }
    expect(secretMembers(setting)).toEqual(['url', 'deep'])
    expect(secretMembers({})).toEqual([])
  })

  it('keeps what was filled in as it is, whatever it looks like', () => {
    expect(fillSetting({ a: '${A}' }, { A: "${B} $& $' $1" }, 'setting').setting).toEqual({
      a: "${B} $& $' $1",
    })
  })

  it('names every variable that is missing and where; what objects inherit is no variable', () => {
    const setting = { a: '${A} ${B}', list: [{ c: '${toString}' }] }
    expect(fillSetting(setting, { B: 'b' }, 'modules[0].setting').problems).toEqual([
      'modules[0].setting.a: the variable A is not given',
      'modules[0].setting.list[0].c: the variable toString is not given',
    ])
  })
})
