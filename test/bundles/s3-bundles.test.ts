import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { DEFAULT_ARCHIVE_LIMITS } from '../../src/bundles/bundles.js'
import type { BundleRef } from '../../src/domain/bundle-ref.js'
import { builtFile } from '../support/built.js'
import { makeZip } from '../support/zip.js'
import {
  cacheFolder,
  createBundles,
  FILES,
  freshZip,
  overwrite,
  recordErrors,
  refOf,
  test,
  useOwnCache,
} from './own-cache.js'

useOwnCache()

/** The same AWS, counting how often its S3 client is taken. */
function countedAws() {
  const counted = { requests: 0, aws: test.aws }
  counted.aws = {
    ...test.aws,
    s3: () => {
      counted.requests += 1
      return test.aws.s3()
    },
  }
  return counted
}

describe('a stored version', () => {
  it('is opened as a folder named by its hash, with every file as it was', async () => {
    const zip = freshZip()
    const ref = refOf(zip)
    const bundles = createBundles()
    await bundles.store(ref, zip)
    const { folder, ref: opened } = await bundles.open(ref)
    expect(opened).toEqual(ref)
    expect(folder).toBe(join(cacheFolder, 'acme', ref.sha256))
    for (const [path, content] of Object.entries(FILES))
      expect(await readFile(join(folder, path), 'utf8')).toBe(content)
  })

  it('is read-only on disk', async () => {
    const zip = freshZip()
    const bundles = createBundles()
    await bundles.store(refOf(zip), zip)
    const { folder } = await bundles.open(refOf(zip))
    const modes = ['', 'weather', 'weather/index.js'].map(
      async (path) => (await stat(join(folder, path))).mode & 0o777,
    )
    expect(await Promise.all(modes)).toEqual([0o555, 0o555, 0o444])
  })

  it('may be stored again, which changes nothing', async () => {
    const zip = freshZip()
    const bundles = createBundles()
    await bundles.store(refOf(zip), zip)
    await bundles.store(refOf(zip), zip)
    await expect(bundles.open(refOf(zip))).resolves.toMatchObject({ ref: refOf(zip) })
  })

  it('is never stored under another name', async () => {
    await expect(createBundles().store(refOf(freshZip()), freshZip())).rejects.toThrow('SHA-256')
  })

  it('of one tenant is not there for another', async () => {
    const zip = freshZip()
    const bundles = createBundles()
    await bundles.store(refOf(zip), zip)
    await expect(bundles.open(refOf(zip, 'globex'))).rejects.toMatchObject({
      code: 'BUNDLE_UNAVAILABLE',
    })
  })

  it('is downloaded once for all who open it at once, and not again later', async () => {
    const zip = freshZip()
    const counted = countedAws()
    const bundles = createBundles({ aws: counted.aws })
    await createBundles().store(refOf(zip), zip)
    const opened = await Promise.all([1, 2, 3].map(() => bundles.open(refOf(zip))))
    opened.push(await bundles.open(refOf(zip)))
    opened.push(await createBundles({ aws: counted.aws }).open(refOf(zip)))
    expect(new Set(opened.map(({ folder }) => folder)).size).toBe(1)
    expect(counted.requests).toBe(1)
  })
})

describe("a bundle's JavaScript", () => {
  it('is a module without any package.json, and what its own says otherwise', async () => {
    const esm = freshZip({ 'weather/index.js': 'export const kind = "module"' })
    const cjs = freshZip({
      'package.json': '{ "type": "commonjs" }',
      'weather/index.js': 'module.exports = { kind: "script" }',
    })
    const bundles = createBundles()
    for (const [zip, kind] of [
      [esm, 'module'],
      [cjs, 'script'],
    ] as const) {
      await bundles.store(refOf(zip), zip)
      const { folder } = await bundles.open(refOf(zip))
      const source = `import(${JSON.stringify(pathToFileURL(join(folder, 'weather/index.js')).href)})
        .then((loaded) => process.stdout.write(loaded.kind ?? loaded.default.kind))`
      const child = spawn(process.execPath, ['-e', source], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [said] = await Promise.all([text(child.stdout), once(child, 'close')])
      expect(said).toBe(kind)
    }
  })
})

describe('a refused version', () => {
  it('is one that is not in the store', async () => {
    await expect(createBundles().open(refOf(freshZip()))).rejects.toMatchObject({
      code: 'BUNDLE_UNAVAILABLE',
      message: expect.stringContaining('it is not in the store'),
    })
  })

  it('is one whose bytes were changed in the store; that is logged with its reference', async () => {
    const ref = refOf(freshZip())
    await overwrite(ref, freshZip({ 'weather/index.js': 'export const evil = true' }))
    const { errors, log } = recordErrors()
    await expect(createBundles({ log }).open(ref)).rejects.toMatchObject({
      code: 'BUNDLE_UNAVAILABLE',
      message: expect.stringContaining('other bytes under its name'),
    })
    expect(errors).toEqual([
      { fields: expect.objectContaining(ref), message: expect.stringContaining('other bytes') },
    ])
    expect(await readdir(cacheFolder)).toEqual([])
  })

  it('is one that became larger in the store than any version may be', async () => {
    const ref = refOf(freshZip())
    await overwrite(ref, Buffer.alloc(2_000))
    const limits = { ...DEFAULT_ARCHIVE_LIMITS, maxZipBytes: 1_000 }
    await expect(createBundles({ limits }).open(ref)).rejects.toMatchObject({
      code: 'BUNDLE_UNAVAILABLE',
      message: expect.stringContaining('cannot be fetched'),
    })
  })

  it('is one that breaks the limits although its hash is right, and leaves nothing on disk', async () => {
    const zip = makeZip([{ name: '../evil.js', body: 'evil' }])
    await createBundles().store(refOf(zip), zip)
    await expect(createBundles().open(refOf(zip))).rejects.toMatchObject({
      code: 'BUNDLE_UNAVAILABLE',
      message: expect.stringContaining('"../evil.js"'),
    })
    expect(await readdir(cacheFolder)).toEqual([])
  })

  it('is served again as soon as the store has it', async () => {
    const zip = freshZip()
    const bundles = createBundles()
    await expect(bundles.open(refOf(zip))).rejects.toMatchObject({ code: 'BUNDLE_UNAVAILABLE' })
    await bundles.store(refOf(zip), zip)
    await expect(bundles.open(refOf(zip))).resolves.toMatchObject({ ref: refOf(zip) })
  })

  it.each([
    ['endpoint', { endpointId: '..', packageName: 'weather', sha256: '0'.repeat(64) }],
    ['hash', { endpointId: 'acme', packageName: 'weather', sha256: '../other' }],
  ])('is a reference whose %s would lead out of the cache', async (_part, ref) => {
    await expect(createBundles().open(ref)).rejects.toThrow('not a reference to a bundle')
  })
})

describe('after a crash', () => {
  it('what was half unpacked is never served, and removed once it is old', async () => {
    const zip = freshZip()
    const ref = refOf(zip)
    const tenant = join(cacheFolder, 'acme')
    const old = join(tenant, `${ref.sha256}.partial-old`)
    const recent = join(tenant, `${ref.sha256}.partial-recent`)
    for (const folder of [old, recent]) {
      await mkdir(join(folder, 'weather'), { recursive: true })
      await writeFile(join(folder, 'weather/index.js'), 'export const half =')
      await chmod(join(folder, 'weather'), 0o555)
    }
    const anHourAgo = Date.now() / 1000 - 3_600
    await utimes(old, anHourAgo, anHourAgo)
    const bundles = createBundles()
    await bundles.store(ref, zip)
    const { folder } = await bundles.open(ref)
    expect(await readFile(join(folder, 'weather/index.js'), 'utf8')).toBe(FILES['weather/index.js'])
    expect((await readdir(tenant)).sort()).toEqual([ref.sha256, `${ref.sha256}.partial-recent`])
  })
})

describe('processes that share a cache folder', () => {
  it('open the same version at the same time, and each gets it whole', async () => {
    const folders = Array.from({ length: 200 }, (_, n) => [`d${n}/f.js`, 'x'])
    const zip = freshZip(Object.fromEntries(folders))
    await createBundles().store(refOf(zip), zip)
    const children = [1, 2, 3].map(() => startOpening(refOf(zip)))
    await Promise.all(children.map(({ isReady }) => isReady))
    for (const { child } of children) child.send('open')
    const said = await Promise.all(children.map(({ output }) => output))
    // 200 folders, serial.txt and package.json
    expect(said).toEqual(['202', '202', '202'])
    expect(await readdir(join(cacheFolder, 'acme'))).toEqual([refOf(zip).sha256])
  })
})

/** A process of the built product that opens a version on command and counts what it then sees. */
function startOpening(ref: BundleRef) {
  const source = `
    import { readdir } from 'node:fs/promises'
    import { once } from 'node:events'
    const { createAws } = await import(${built('aws/aws.js')})
    const { connectLocalAws } = await import(${built('local-aws/local-aws.js')})
    const { createS3Bundles } = await import(${built('bundles/s3-bundles.js')})
    const { silentLog } = await import(${built('telemetry/telemetry.js')})
    const client = connectLocalAws({
      dataFolder: ${JSON.stringify(test.dataFolder)},
      spawnEngine: () => process.abort(),
    })
    const aws = createAws({ bucket: ${JSON.stringify(test.aws.bucket)}, tables: {}, client })
    const cacheFolder = ${JSON.stringify(cacheFolder)}
    const bundles = createS3Bundles({ aws, cacheFolder, log: silentLog })
    process.send('ready')
    await once(process, 'message')
    const { folder } = await bundles.open(${JSON.stringify(ref)})
    process.stdout.write(String((await readdir(folder)).length))
    aws.close()
    process.disconnect()`
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  return { child, isReady: once(child, 'message'), output: readOutput(child) }
}

async function readOutput(child: ChildProcess): Promise<string> {
  const [said] = await Promise.all([child.stdout ? text(child.stdout) : '', once(child, 'close')])
  return said
}

function built(path: string): string {
  return JSON.stringify(builtFile(path).href)
}
