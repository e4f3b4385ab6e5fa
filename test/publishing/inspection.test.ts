import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Workbench } from '../../src/parts.js'
import { openTestWorkbench } from '../bundling/author-folder.js'
import { makeZip, zipOf } from '../support/zip.js'
import { link, manifest, module, tool } from '../manifest/sample-manifest.js'

let workbench: Workbench
beforeAll(() => {
  workbench = openTestWorkbench({ MAX_ZIP_BYTES: '100000' })
})
afterAll(() => workbench.close())

const CODE = { 'weather/index.js': 'export class Weather { lookup() {} }\n' }

const inspect = (written: object, files: Record<string, string> = CODE, variables = {}) =>
  workbench.inspect(zipOf({ 'mcp_configuration.json': written, ...files }), variables)

describe('an inspection', () => {
  it('finds nothing wrong with a bundle that can be published', async () => {
    expect(await inspect(manifest())).toEqual({
      packageName: 'weather_tools',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      problems: [],
      warnings: [],
    })
  })

  it('tells what is wrong in the manifest, its files and its code at once, each with its path', async () => {
    const wrong = manifest({
      tools: [
        tool(),
        tool({ name: 'numbered', description: 5 }),
        tool({ name: 'untyped', inputSchema: { type: 'string' } }),
      ],
      module_links: [
        link(),
        link({ name: 'untyped', function_name: 'missing' }),
        link({ name: 'nobody' }),
        link({ name: 'numbered' }),
        link({ type: 'gadget' }),
      ],
      modules: [module(), module({ module_name: 'lost' })],
    })
    const { problems } = await inspect(wrong)
    expect(problems).toEqual([
      expect.stringMatching(/^tools\[1\]\.description: expected string/),
      expect.stringMatching(/^module_links\[4\]\.type: expected "tool", "resource" or "prompt"/),
      'module_links[2].name: there is no tool "nobody"',
      expect.stringMatching(/^tools\[2\]\.inputSchema/),
      expect.stringMatching(
        /^modules\[1\]\.module_name: the bundle holds no file for module "lost"/,
      ),
      'module_links[1]: class "Weather" has no method "missing"',
    ])
  })

  it.each([
    ['a class', 'export class Other {}', /^modules\[0\]: .* exports no class "Weather"$/],
    ['what it imports', "import './no.js'", /^modules\[0\]: module "weather" could not be loaded/],
    ['a bracket', 'export class Weather {', /^modules\[0\]: .* could not be loaded: Unexpected/],
  ])('misses %s', async (_what, code, problem) => {
    const { problems } = await inspect(manifest(), { 'weather/index.js': code })
    expect(problems).toEqual([expect.stringMatching(problem)])
  })

  it('of an archive that cannot be read is its one problem', async () => {
    for (const [zip, problem] of [
      [Buffer.from('no ZIP'), /not a ZIP/],
      [zipOf({ 'a.js': '' }), /no mcp_configuration\.json/],
      [makeZip([{ name: '../up', body: '' }]), /"\.\."/],
      [
        zipOf({ 'mcp_configuration.json': '{ "tools": [,] }' }),
        /is not JSON, at line 1 column 13: /,
      ],
      [Buffer.alloc(100_001), /at most 100,000 bytes/],
    ] as const) {
      const { problems, packageName } = await workbench.inspect(zip, {})
      expect(problems).toEqual([expect.stringMatching(problem)])
      expect(packageName).toBeUndefined()
    }
  })

  it('of a manifest that is none goes no further than that', async () => {
    expect((await inspect({ modules: 1, tools: {} })).problems).toEqual([
      expect.stringMatching(/^tools: /),
      expect.stringMatching(/^module_links: /),
      expect.stringMatching(/^modules: /),
    ])
  })

  it('warns of variables that have to be given, and of what may surprise', async () => {
    const written = manifest({
      tools: [tool({ description: '' })],
      modules: [module({ setting: { key: '${KEY}', host: '${HOST}' } })],
    })
    const { problems, warnings } = await inspect(written, CODE, { HOST: 'a.test' })
    expect(problems).toEqual([])
    expect(warnings).toEqual([
      'tools[0].description: is empty; agents choose by it',
      'modules[0].setting.key: the variable KEY is not given',
    ])
  })

  it('leaves no files behind', async () => {
    const before = new Set(await readdir(tmpdir()))
    await inspect(manifest())
    const left = (await readdir(tmpdir())).filter((name) => name.startsWith('mcp-bundle-'))
    expect(left.filter((name) => !before.has(name))).toEqual([])
  })
})
