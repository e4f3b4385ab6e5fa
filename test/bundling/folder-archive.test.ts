import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readArchive } from '../../src/bundles/archive.js'
import { DEFAULT_ARCHIVE_LIMITS } from '../../src/bundles/bundles.js'
import { zipFolder } from '../../src/bundling/folder-archive.js'
import { builtFile } from '../support/built.js'

let root: string
let folder: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'folder-archive-'))
  folder = join(root, 'bundle')
})
afterEach(() => rm(root, { recursive: true }))

async function write(files: Readonly<Record<string, string | Buffer>>, into = folder) {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(into, path)), { recursive: true })
    await writeFile(join(into, path), content)
  }
}

async function zipped(...args: Parameters<typeof zipFolder>) {
  const entries = await readArchive(await zipFolder(...args), DEFAULT_ARCHIVE_LIMITS)
  return Object.fromEntries(entries.map(({ path, body }) => [path, body.toString()]))
}

describe('a folder', () => {
  it('becomes a ZIP of its files, nested ones and hidden ones too', async () => {
    const files = {
      'mcp_configuration.json': '{}',
      'a/b/größe.js': '1',
      '.config/x': '2',
      empty: '',
    }
    await write(files)
    expect(await zipped(folder)).toEqual(files)
  })

  it('leaves out its history and what holds secrets', async () => {
    await write({
      'a.js': '1',
      '.git/HEAD': 'ref',
      '.env': 'KEY=1',
      'b/.env.local': 'KEY=2',
      'b/.DS_Store': '',
    })
    expect(await zipped(folder)).toEqual({ 'a.js': '1' })
  })

  it('takes a manifest of another name, in place of the usual one', async () => {
    await write({ 'mcp_configuration.json': 'usual', 'staging.json': 'staging', 'a.js': '1' })
    expect(await zipped(folder, { manifestFile: 'staging.json' })).toEqual({
      'mcp_configuration.json': 'staging',
      'a.js': '1',
    })
  })

  it('gives the same bytes whenever, wherever and in whatever order it was written', async () => {
    await write({ 'b.js': '2', 'a.js': '1', 'c/d.js': '3' })
    const copy = join(root, 'copy')
    await cp(folder, copy, { recursive: true })
    await write({ 'c/d.js': '3', 'a.js': '1' }, copy)
    await utimes(join(copy, 'b.js'), 1_000_000_000, 1_000_000_000)
    expect((await zipFolder(copy)).equals(await zipFolder(folder))).toBe(true)
    await writeFile(join(copy, 'a.js'), '2')
    expect((await zipFolder(copy)).equals(await zipFolder(folder))).toBe(false)
  })

  it('gives the same bytes in every time zone', async () => {
    await write({ 'a.js': '1' })
    const script = `
      const { zipFolder } = await import(${JSON.stringify(builtFile('bundling/folder-archive.js').href)})
      process.stdout.write((await zipFolder(${JSON.stringify(folder)})).toString('base64'))`
    const [here, there] = ['Pacific/Kiritimati', 'America/Los_Angeles'].map((TZ) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { TZ },
        encoding: 'utf8',
      }),
    )
    expect(here).toBe((await zipFolder(folder)).toString('base64'))
    expect(there).toBe(here)
  })

  it('follows symbolic links that stay inside', async () => {
    await write({ 'lib/a.js': '1' })
    await symlink('a.js', join(folder, 'lib/b.js'))
    await symlink('lib', join(folder, 'also'))
    expect(await zipped(folder)).toEqual({
      'lib/a.js': '1',
      'lib/b.js': '1',
      'also/a.js': '1',
      'also/b.js': '1',
    })
  })
})

describe('a refused folder', () => {
  it.each([
    ['leads out of it', '../secret', 'a symbolic link that leads out of the folder'],
    ['leads to a neighbour whose name begins alike', '../bundle-2', 'leads out of the folder'],
    ['leads nowhere', 'missing', 'a symbolic link that leads nowhere'],
    ['leads to where it lies', '.', 'a symbolic link to a folder that it lies in'],
  ])('holds a link that %s', async (_kind, target, reason) => {
    await write({ 'lib/a.js': '1', '../secret': 'key', '../bundle-2/x': 'x' })
    await symlink(join('..', target), join(folder, 'lib/link'))
    await expect(zipFolder(folder)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringMatching(new RegExp(`^"lib/link": is .*${reason}`)),
    })
  })

  it('holds a pipe, which nobody writes to', async () => {
    await write({ 'a.js': '1' })
    execFileSync('mkfifo', [join(folder, 'pipe')])
    await expect(zipFolder(folder)).rejects.toThrow('"pipe": is a device, pipe or socket')
  })

  it('holds a name that other systems read otherwise', async () => {
    await write({ 'a\\b.js': '1' })
    await expect(zipFolder(folder)).rejects.toThrow('back-slash')
  })

  it.each([
    ['files', { maxEntries: 1 }, 'more than 1 files'],
    ['bytes in one file', { maxFileBytes: 9 }, 'is 10 bytes; at most 9 bytes'],
    ['bytes in all files', { maxTotalBytes: 19 }, 'more than 19 bytes'],
    ['bytes as a ZIP', { maxZipBytes: 99 }, 'as a ZIP; at most 99 bytes'],
  ])('holds too many %s', async (_kind, limit, message) => {
    await write({ a: '0123456789', b: '9876543210' })
    const limits = { ...DEFAULT_ARCHIVE_LIMITS, ...limit }
    await expect(zipFolder(folder, { limits })).rejects.toThrow(message)
  })
})
