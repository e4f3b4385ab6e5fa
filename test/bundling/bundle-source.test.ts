import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readArchive } from '../../src/bundles/archive.js'
import { DEFAULT_ARCHIVE_LIMITS } from '../../src/bundles/bundles.js'
import { readBundleSource } from '../../src/bundling/bundle-source.js'
import { zipOf } from '../support/zip.js'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'bundle-source-'))
})
afterEach(() => rm(root, { recursive: true }))

async function pathsIn(zip: Buffer) {
  return (await readArchive(zip, DEFAULT_ARCHIVE_LIMITS)).map(({ path }) => path)
}

describe('a bundle is read from', () => {
  it('a ZIP of any name, byte for byte', async () => {
    const zip = zipOf({ 'mcp_configuration.json': '{}' })
    await writeFile(join(root, 'weather.bundle'), zip)
    expect((await readBundleSource(join(root, 'weather.bundle'))).equals(zip)).toBe(true)
  })

  it('a folder that holds a manifest', async () => {
    await writeFile(join(root, 'mcp_configuration.json'), '{}')
    await writeFile(join(root, 'weather.js'), '')
    expect(await pathsIn(await readBundleSource(root))).toEqual([
      'mcp_configuration.json',
      'weather.js',
    ])
  })

  it('a manifest of any name, with the files beside it', async () => {
    await mkdir(join(root, 'weather'))
    await writeFile(join(root, 'weather/index.js'), '')
    await writeFile(join(root, 'staging.json'), '{}')
    expect(await pathsIn(await readBundleSource(join(root, 'staging.json')))).toEqual([
      'mcp_configuration.json',
      'weather/index.js',
    ])
  })
})

describe('a bundle is refused', () => {
  const small = { ...DEFAULT_ARCHIVE_LIMITS, maxZipBytes: 10 }

  it.each([
    ['that is not there', 'missing.zip', 'there is no such file or folder'],
    ['that is a folder without a manifest', '.', 'the folder holds no mcp_configuration.json'],
    ['that is neither a ZIP nor a manifest', 'notes.txt', 'expected a ZIP'],
    ['that is empty', 'empty', 'expected a ZIP'],
    ['that is a pipe, which nobody writes to', 'pipe', 'neither a file nor a folder'],
    ['that is larger than a bundle may be', 'large.zip', 'at most 10 bytes'],
  ])('%s, naming its path', async (_kind, name, reason) => {
    await writeFile(join(root, 'notes.txt'), 'notes')
    await writeFile(join(root, 'empty'), '')
    await writeFile(join(root, 'large.zip'), zipOf({ a: 'a' }))
    execFileSync('mkfifo', [join(root, 'pipe')])
    const path = join(root, name)
    await expect(readBundleSource(path, small)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringContaining(`${path}: `),
    })
    await expect(readBundleSource(path, small)).rejects.toThrow(reason)
  })
})
