import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_ARCHIVE_LIMITS } from '../../src/bundles/bundles.js'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import { createS3Bundles } from '../../src/bundles/s3-bundles.js'
import { createS3Uploads } from '../../src/bundles/s3-uploads.js'
import { removeTree } from '../../src/bundles/unpacked-folder.js'

import { createDynamoCatalog, type DynamoCatalog } from '../../src/catalog/dynamo-catalog.js'
import { systemClock } from '../../src/domain/clock.js'
import { readBundleSource } from '../../src/bundling/bundle-source.js'
import { createPublishing, type Publishing } from '../../src/publishing/publishing.js'
import type { Executor } from '../../src/runtime/runtime.js'
import { createWorkerExecutor } from '../../src/runtime/worker-executor.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws } from '../support/aws.js'
import { builtFile } from '../support/built.js'
import { testSealer } from '../catalog/sealer.js'
import { makeZip, zipOf } from '../support/zip.js'

let test: Awaited<ReturnType<typeof startTestAws>>
let cacheFolder: string
let executor: Executor
let catalog: DynamoCatalog
let publishing: Publishing
let bundles: ReturnType<typeof createS3Bundles>

beforeAll(async () => {
  test = await startTestAws()
  cacheFolder = await mkdtemp(join(tmpdir(), 'publishing-'))
  executor = createWorkerExecutor({
    entry: builtFile('function-host/worker-entry.js'),
    limits: {
      maxHeapMb: 64,
      maxCpuMs: 60_000,
      maxResultBytes: 1_000_000,
      maxConcurrentCalls: 8,
      maxWaitingCalls: 4,
      maxInstances: 4,
      maxInstancesPerTenant: 4,
      idleMs: 60_000,
    },
    log: silentLog,
  })
  const { aws } = test
  catalog = createDynamoCatalog({
    aws,
    sealer: testSealer,
    checkMs: 0,
    log: silentLog,
    clock: systemClock,
  })
  bundles = createS3Bundles({ aws, cacheFolder, log: silentLog })
  publishing = createPublishing({
    bundles,
    catalog,
    administration: catalog.administration,
    executor,
    uploads: createS3Uploads({ aws, isReachable: false }),
    state: createDynamoStateStore({ aws, clock: systemClock }),
    limits: DEFAULT_ARCHIVE_LIMITS,
    log: silentLog,
    clock: systemClock,
  })
})
afterAll(async () => {
  await executor.close()
  await test.stop()
  await removeTree(cacheFolder)
})

let endpointId: string
let serial = 0
beforeEach(() => {
  serial += 1
  endpointId = `tenant-${serial}`
})

const code = { module_name: 'weather', class_name: 'Weather' }
const MANIFEST = {
  tools: [{ name: 'lookup', description: 'Looks up', inputSchema: { type: 'object' } }],
  module_links: [{ type: 'tool', name: 'lookup', ...code, function_name: 'lookup' }],
  modules: [{ package_name: 'weather_tools', ...code, setting: { url: 'https://${HOST}' } }],
}
const CODE = 'export class Weather { lookup() { return "mild" } }'
const COMPLETED = {
  ...MANIFEST,
  prompts: [{ name: 'ask', description: 'Asks', arguments: [{ name: 'city' }] }],
  module_links: [
    { ...MANIFEST.module_links[0], is_async: true, task_support: 'required', asks_first: true },
    {
      ...MANIFEST.module_links[0],
      type: 'prompt',
      name: 'ask',
      completion_function_name: 'cities',
    },
  ],
}

interface Parts {
  readonly manifest?: object
  readonly source?: string
  readonly file?: string
}

function weather({ manifest = MANIFEST, source = CODE, file = 'weather/index.js' }: Parts = {}) {
  return zipOf({ 'mcp_configuration.json': manifest, [file]: source })
}

function publish(zip: Buffer, variables: Readonly<Record<string, string>> = { HOST: 'a.test' }) {
  return publishing.publish({ endpointId, zip, variables, actor: 'ann' })
}

async function active() {
  const lookup = (await catalog.snapshot(endpointId)).find('tool', 'lookup')
  return lookup && { sha256: lookup.target.bundle.sha256, setting: lookup.target.setting }
}

describe('publishing', () => {
  it('makes the functions of a bundle callable, their settings filled', async () => {
    const published = await publish(weather())
    expect(published).toEqual({
      ref: { endpointId, packageName: 'weather_tools', sha256: expect.any(String) },
      outcome: 'activated',
      functions: { tools: 1, resources: 0, resourceTemplates: 0, prompts: 0 },
      warnings: [],
    })
    expect(await active()).toEqual({
      sha256: published.ref.sha256,
      setting: { url: 'https://a.test' },
    })
  })

  it('the same bytes and variables again changes nothing', async () => {
    const first = await publish(weather())
    const { version } = await catalog.snapshot(endpointId)
    expect(await publish(weather())).toEqual({ ...first, outcome: 'unchanged' })
    expect((await catalog.snapshot(endpointId)).version).toBe(version)
  })

  it('the same bytes with other variables activates the other settings', async () => {
    await publish(weather())
    expect(await publish(weather(), { HOST: 'b.test' })).toMatchObject({ outcome: 'activated' })
    expect(await active()).toMatchObject({ setting: { url: 'https://b.test' } })
  })

  it('another version replaces the one before', async () => {
    const first = await publish(weather())
    const second = await publish(weather({ source: `${CODE} // second` }))
    expect(second.outcome).toBe('activated')
    expect(second.ref.sha256).not.toBe(first.ref.sha256)
    expect(await active()).toMatchObject({ sha256: second.ref.sha256 })
  })

  it('makes known which tools go on in the background, and what completes a prompt', async () => {
    const source = CODE.replace('lookup', 'cities() {} lookup')
    await publish(weather({ manifest: COMPLETED, source }))
    const snapshot = await catalog.snapshot(endpointId)
    expect(snapshot.find('tool', 'lookup')?.background).toEqual({
      taskSupport: 'required',
      asksFirst: true,
    })
    const prompt = snapshot.find('prompt', 'ask')
    expect(prompt?.completion).toEqual({ ...prompt?.target, functionName: 'cities' })
  })

  it('passes on what works but may surprise', async () => {
    const tools = [{ ...MANIFEST.tools[0], description: null }]
    const { warnings } = await publish(weather({ manifest: { ...MANIFEST, tools } }))
    expect(warnings).toEqual(['tools[0].description: is empty; agents choose by it'])
  })

  it.each([
    'weather/index.js',
    'weather.js',
    'weather.mjs',
    'weather_tools/weather.js',
    'weather_tools/weather/index.mjs',
  ])('finds the module at %s', async (file) => {
    await expect(publish(weather({ file }))).resolves.toMatchObject({ outcome: 'activated' })
  })

  it('finds a module named like its package in the folder of both', async () => {
    const named = { ...code, module_name: 'weather_tools' }
    const manifest = {
      ...MANIFEST,
      module_links: [{ ...MANIFEST.module_links[0], ...named }],
      modules: [{ ...MANIFEST.modules[0], ...named }],
    }
    const zip = weather({
      manifest,
      file: 'weather_tools/index.cjs',
      source: 'exports.Weather = class { lookup() {} }',
    })
    await expect(publish(zip)).resolves.toMatchObject({ outcome: 'activated' })
  })

  it('publishes the demo bundle, which has nothing to warn of', async () => {
    const zip = await readBundleSource(
      fileURLToPath(new URL('../../src/cli/demo-bundle', import.meta.url)),
    )
    expect(await publish(zip, {})).toMatchObject({
      outcome: 'activated',
      functions: { tools: 3, resources: 1, resourceTemplates: 1, prompts: 1 },
      warnings: [],
    })
  })
})

describe('a bundle that is refused leaves the old version active', () => {
  it.each<[string, Buffer, RegExp]>([
    ['no ZIP', Buffer.from('text'), /not a ZIP/],
    ['a ZIP that leads out of itself', makeZip([{ name: '../x' }]), /"\.\.\/x": the path holds/],
    ['no manifest', zipOf({ 'weather.js': CODE }), /no mcp_configuration\.json at its root$/],
    [
      'a folder around the manifest',
      zipOf({ 'weather/mcp_configuration.json': MANIFEST }),
      /it lies at weather\/mcp_configuration\.json: zip what is in the folder/,
    ],
    [
      'a manifest that is not UTF-8',
      zipOf({ 'mcp_configuration.json': Buffer.from([0x7b, 0xff]) }),
      /not UTF-8/,
    ],
    [
      'a manifest with problems',
      weather({ manifest: { ...MANIFEST, module_links: [], tools: [{ name: 'lookup' }] } }),
      /1 problem:\n- tools\[0\]\.inputSchema: is missing/,
    ],
    [
      'a template that cannot be matched',
      weather({
        manifest: {
          ...MANIFEST,
          resources: [{ name: 'page', uriTemplate: 'docs://{#page}' }],
          module_links: [
            ...MANIFEST.module_links,
            { ...MANIFEST.module_links[0], type: 'resource', name: 'page' },
          ],
        },
      }),
      /resources\[0\]\.uriTemplate: /,
    ],
    [
      'a missing module file',
      weather({ file: 'elsewhere.js' }),
      /modules\[0\]\.module_name: the bundle holds no file for module "weather"; expected one of weather\/index\.js/,
    ],
    ['a syntax error', weather({ source: 'export class {' }), /trial load failed:\n- .*weather/],
    ['a class that is not there', weather({ source: 'export class Other {}' }), /- .*"Weather"/],
    ['a method that is not there', weather({ source: 'export class Weather {}' }), /- .*"lookup"/],
    ['a completion that is not there', weather({ manifest: COMPLETED }), /- .*"cities"/],
    ['a module that throws', weather({ source: 'throw new Error("no disk")' }), /- .*no disk/],
  ])('%s', async (_kind, zip, message) => {
    const before = (await publish(weather())).ref.sha256
    await expect(publish(zip)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringMatching(message),
    })
    expect(await active()).toMatchObject({ sha256: before })
  })

  it('a variable that is not given, named with its path', async () => {
    await publish(weather())
    await expect(publish(weather({ source: `${CODE} // 2` }), {})).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      data: { problems: ['modules[0].setting.url: the variable HOST is not given'] },
    })
    expect(await active()).toMatchObject({ setting: { url: 'https://a.test' } })
  })

  it('a function of another package', async () => {
    await publish(weather())
    const modules = [{ ...MANIFEST.modules[0], package_name: 'other_tools' }]
    await expect(publish(weather({ manifest: { ...MANIFEST, modules } }))).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('weather_tools'),
    })
    expect(
      (await catalog.snapshot(endpointId)).find('tool', 'lookup')?.target.bundle.packageName,
    ).toBe('weather_tools')
  })
})
