/** ZIPs for tests, written byte by byte: a library refuses to make the evil ones. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  readonly name: string | Buffer
  readonly body?: string | Buffer | undefined
  /** 8 deflates, everything else stores; default 8. */
  readonly method?: number | undefined
  /** Unix mode with its type, such as 0o120777 for a symbolic link; default a plain file. */
  readonly mode?: number | undefined
  /** Added to the flag of UTF-8 names. */
  readonly flags?: number | undefined
  /** What both headers say, where it is not the truth. */
  readonly declaredBytes?: number | undefined
  readonly declaredPackedBytes?: number | undefined
  readonly declaredCrc?: number | undefined
}

export interface ZipForm {
  readonly comment?: string | undefined
  /** What the end record says, where it is not the truth. */
  readonly declaredEntries?: number | undefined
}

/** A ZIP of plain files: path → content; an object becomes JSON. */
export function zipOf(files: Readonly<Record<string, string | Buffer | object>>): Buffer {
  return makeZip(
    Object.entries(files).map(([name, content]) => ({
      name,
      body:
        typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content),
    })),
  )
}

/** A ZIP of exactly these entries, true or not. */
export function makeZip(entries: readonly ZipEntry[], form: ZipForm = {}): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const { head, name, packed } = writeHead(entry)
    const local = Buffer.concat([uint32(0x04034b50), head, uint16(0), name, packed])
    directory.push(writeRecord(entry, { head, name, offset }))
    locals.push(local)
    offset += local.length
  }
  const records = Buffer.concat(directory)
  const count = form.declaredEntries ?? entries.length
  const comment = Buffer.from(form.comment ?? '')
  return Buffer.concat([
    ...locals,
    records,
    uint32(0x06054b50),
    uint32(0),
    uint16(count),
    uint16(count),
    uint32(records.length),
    uint32(offset),
    uint16(comment.length),
    comment,
  ])
}

interface Head {
  /** What a local header and a directory record have in common, up to the name's length. */
  readonly head: Buffer
  readonly name: Buffer
  readonly packed: Buffer
}

function writeHead(entry: ZipEntry): Head {
  const body = Buffer.from(entry.body ?? '')
  const name = Buffer.from(entry.name)
  const method = entry.method ?? 8
  const packed = method === 8 ? deflateRawSync(body) : body
  const head = Buffer.concat([
    uint16(20),
    uint16(0x0800 | (entry.flags ?? 0)),
    uint16(method),
    uint32(0x00210000),
    uint32(entry.declaredCrc ?? crc32(body)),
    uint32(entry.declaredPackedBytes ?? packed.length),
    uint32(entry.declaredBytes ?? body.length),
    uint16(name.length),
  ])
  return { head, name, packed }
}

function writeRecord(
  entry: ZipEntry,
  { head, name, offset }: Omit<Head, 'packed'> & { readonly offset: number },
): Buffer {
  const isFolder = name.at(-1) === 0x2f
  const mode = entry.mode ?? (isFolder ? 0o040755 : 0o100644)
  return Buffer.concat([
    uint32(0x02014b50),
    uint16((3 << 8) | 20),
    head,
    Buffer.alloc(8),
    uint32(mode * 0x10000),
    uint32(offset),
    name,
  ])
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
