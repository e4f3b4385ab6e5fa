import { describe, expect, it } from 'vitest'
import { readArchive } from '../../src/bundles/archive.js'
import { type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS } from '../../src/bundles/archive-limits.js'
import { GatewayError } from '../../src/domain/errors.js'
import { makeZip, type ZipEntry, type ZipForm, zipOf } from '../support/zip.js'

const MIB = 1024 * 1024

function read(zip: Buffer, limits: Partial<ArchiveLimits> = {}) {
  return readArchive(zip, { ...DEFAULT_ARCHIVE_LIMITS, ...limits })
}

/** The message with which an archive is refused. */
async function refusal(zip: Buffer, limits?: Partial<ArchiveLimits>): Promise<string> {
  const error: unknown = await read(zip, limits).then(
    () => new Error('the archive was accepted'),
    (reason: unknown) => reason,
  )
  if (error instanceof GatewayError && error.code === 'BUNDLE_INVALID') return error.message
  throw error
}

describe('a good archive', () => {
  it('gives back every file with its bytes, in nested folders and with names of any script', async () => {
    const files = {
      'mcp_configuration.json': '{}',
      'a/b/c/d/e.js': 'export {}',
      'wetter/größe-天気-🌦.txt': '21°',
      'empty.txt': '',
    }
    const entries = await read(zipOf(files))
    expect(Object.fromEntries(entries.map(({ path, body }) => [path, body.toString()]))).toEqual(
      files,
    )
  })

  it('may be stored or deflated, list its folders, and carry a comment of any length', async () => {
    const entries: ZipEntry[] = [
      { name: 'lib/' },
      { name: 'lib/one.js', body: 'one', method: 0 },
      { name: 'lib/two.js', body: 'two', mode: 0 },
    ]
    for (const comment of ['', 'a commit', 'x'.repeat(60_000)]) {
      const found = await read(makeZip(entries, { comment }))
      expect(found.map(({ path }) => path)).toEqual(['lib/one.js', 'lib/two.js'])
    }
  })

  it('is not mistaken for its comment, which looks like the end of another archive', async () => {
    const other = zipOf({ 'other.js': 'other' })
    const fakeEnd = other.subarray(-22).toString('latin1')
    const zip = makeZip([{ name: 'true.js', body: 'true' }], { comment: `${fakeEnd}…` })
    expect((await read(zip)).map(({ path }) => path)).toEqual(['true.js'])
  })

  it('may be as repetitive as it likes while it is small', async () => {
    const body = Buffer.alloc(MIB)
    expect((await read(zipOf({ 'zeros.bin': body })))[0]?.body.equals(body)).toBe(true)
  })
})

describe('a refused name', () => {
  it.each([
    ['/etc/passwd', 'absolute'],
    ['../evil.js', '".."'],
    ['a/../../evil.js', '".."'],
    ['a\\evil.js', 'back-slash'],
    ['C:evil.js', 'drive letter'],
    ['evil\0.js', 'NUL'],
    ['evil\n.js', 'control character'],
    ['', 'empty'],
    ['a//b.js', 'empty segment'],
    ['./a.js', 'empty segment or "."'],
    [`${'x'.repeat(256)}.js`, '255 bytes'],
    [`${'long-folder-name/'.repeat(61)}x.js`, '1024 bytes'],
    [`${'d/'.repeat(64)}x.js`, '64 folders'],
  ])('%j is named with its reason', async (name, reason) => {
    const message = await refusal(makeZip([{ name: 'good.js' }, { name, body: 'x' }]))
    expect(message).toContain(reason)
    expect(message).toContain(JSON.stringify(name.slice(0, 100)).slice(1, -1))
  })

  it('is one that is not UTF-8', async () => {
    const name = Buffer.from([0x61, 0xff, 0x2e, 0x6a, 0x73])
    expect(await refusal(makeZip([{ name }]))).toContain('not UTF-8')
  })

  it.each([
    ['twice the same', ['a.js', 'a.js'], 'twice'],
    ['differing in case', ['lib/A.js', 'lib/a.js'], 'only in case'],
    ['folders differing in case', ['Lib/a.js', 'lib/b.js'], 'only in case'],
    ['differing in Unicode form', ['\u00e9.js', 'e\u0301.js'], 'Unicode form'],
    ['a file where a folder is needed', ['a', 'a/b.js'], 'a file and a folder'],
    ['a folder where a file is', ['a/b.js', 'a'], 'a file and a folder'],
    ['a listed folder where a file is', ['a', 'a/'], 'a file and a folder'],
  ])('is one that collides: %s', async (_kind, names, reason) => {
    expect(await refusal(makeZip(names.map((name) => ({ name }))))).toContain(reason)
  })
})

describe('a refused entry', () => {
  it.each<[string, ZipEntry, string]>([
    ['a symbolic link', { name: 'x', body: '/etc/passwd', mode: 0o120777 }, 'symbolic link'],
    ['a device', { name: 'x', mode: 0o020666 }, 'device'],
    ['a pipe', { name: 'x', mode: 0o010666 }, 'pipe'],
    ['encrypted', { name: 'x', body: 'secret', flags: 0x1 }, 'encrypted'],
    ['of an unknown compression', { name: 'x', body: 'x', method: 14 }, 'method 14'],
    ['a folder with bytes', { name: 'x/', body: 'bytes' }, 'folder that holds bytes'],
    ['larger than it declares', { name: 'x', body: 'x'.repeat(99), declaredBytes: 9 }, 'more'],
    [
      'smaller than it declares',
      { name: 'x', body: 'x', declaredBytes: 9 },
      'declares 9 bytes but holds 1',
    ],
    [
      'empty against its declaration',
      { name: 'x', method: 0, declaredBytes: 9 },
      'declares content but holds none',
    ],
    ['of a wrong checksum', { name: 'x', body: 'x', declaredCrc: 1 }, 'checksum'],
    [
      'no deflate stream',
      { name: 'x', body: 'plain', method: 8, declaredPackedBytes: 2 },
      'damaged',
    ],
  ])('is %s', async (_kind, entry, reason) => {
    const message = await refusal(makeZip([{ name: 'good.js', body: 'good' }, entry]))
    expect(message).toContain(JSON.stringify(entry.name))
    expect(message).toContain(reason)
  })
})

describe('a limit', () => {
  it.each<[string, ZipEntry[], Partial<ArchiveLimits>, string]>([
    ['the ZIP', [{ name: 'a' }], { maxZipBytes: 50 }, 'at most 50 bytes'],
    ['entries', [{ name: 'a' }, { name: 'b' }], { maxEntries: 1 }, '2 entries; at most 1'],
    ['one file', [{ name: 'a', body: 'xxxx' }], { maxFileBytes: 3 }, '"a": is 4 bytes unpacked'],
    [
      'all files',
      [
        { name: 'a', body: 'xx' },
        { name: 'b', body: 'yy' },
      ],
      { maxTotalBytes: 3 },
      'is 4 bytes unpacked; at most 3 bytes',
    ],
  ])('of %s is kept and named', async (_kind, entries, limits, message) => {
    expect(await refusal(makeZip(entries), limits)).toContain(message)
  })

  it('stops a ZIP bomb by what it declares', async () => {
    expect(await refusal(zipOf({ 'bomb.bin': Buffer.alloc(4 * MIB) }))).toContain('200 times')
  })

  it('stops a bomb that declares little: it is inflated no further than that', async () => {
    const bomb = makeZip([{ name: 'bomb', body: Buffer.alloc(256 * MIB), declaredBytes: 1_000 }])
    const before = process.memoryUsage().arrayBuffers
    expect(await refusal(bomb)).toContain('declares 1000 bytes but holds more')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * MIB)
  })

  it('stops entries that share their bytes', async () => {
    const zip = makeZip([
      { name: 'a', body: 'x'.repeat(500), method: 0 },
      { name: 'b', body: 'y', method: 0, declaredPackedBytes: 400, declaredBytes: 400 },
      { name: 'c', body: 'y', method: 0, declaredPackedBytes: 400, declaredBytes: 400 },
    ])
    expect(await refusal(zip)).toContain('overlap')
  })
})

describe('bytes that are no archive', () => {
  const whole = zipOf({ 'a.js': 'export const a = 1', 'b/c.js': 'export const c = 2' })

  it.each([
    ['nothing', Buffer.alloc(0), 'not a ZIP'],
    ['text', Buffer.from('export class Weather {}'), 'not a ZIP'],
    ['an archive that was cut off', whole.subarray(0, -30), 'truncated'],
    ['an archive that lost its beginning', whole.subarray(30), 'truncated'],
  ])('%s is named as such', async (_kind, zip, reason) => {
    expect(await refusal(zip)).toContain(reason)
  })

  it.each<[string, ZipForm, string]>([
    ['more entries than there are', { declaredEntries: 3 }, 'truncated or damaged'],
    ['fewer entries than there are', { declaredEntries: 1 }, 'truncated or damaged'],
    ['ZIP64', { declaredEntries: 0xffff }, 'ZIP64'],
  ])('an end that declares %s is refused', async (_kind, form, reason) => {
    expect(await refusal(makeZip([{ name: 'a' }, { name: 'b' }], form))).toContain(reason)
  })

  it('cut at any byte, it is refused and never hangs or crashes', async () => {
    for (let length = 0; length < whole.length; length++)
      expect(await refusal(whole.subarray(0, length))).toMatch(/not a ZIP|truncated/)
  })

  it('with any byte changed, it is read or refused and never hangs or crashes', async () => {
    const outcomes: string[] = []
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole)
      changed.writeUInt8(changed.readUInt8(at) ^ 0xff, at)
      const outcome = read(changed).then(
        () => 'read',
        (error: unknown) => (error instanceof GatewayError ? error.code : 'crashed'),
      )
      outcomes.push(await outcome)
    }
    expect(new Set(outcomes)).toEqual(new Set(['read', 'BUNDLE_INVALID']))
  })
})
