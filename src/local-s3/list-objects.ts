import type { StoredObject } from './object-file.js'
import type { ObjectFolder } from './object-folder.js'
import { StorageError } from './storage-error.js'
import { element, type Xml } from './xml.js'

/** As in S3. */
const MAX_PAGE_KEYS = 1000

interface Page {
  readonly objects: readonly StoredObject[]
  readonly commonPrefixes: readonly string[]
  /** The last entry, where more follow. */
  readonly nextAfter: string | undefined
}

interface ListOptions {
  readonly prefix: string
  readonly delimiter: string
  readonly maxKeys: number
  /** Only keys after this one. */
  readonly startAfter: string
  /** Only entries after this one: the key or common prefix that ended the page before. */
  readonly after: string
}

/**
 * One page of ListObjectsV2, as XML.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export async function listObjects(
  objects: ObjectFolder,
  bucket: string,
  query: URLSearchParams,
): Promise<Xml> {
  const options = readOptions(query)
  const page = await readPage(objects, bucket, options)
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : String
  return element('ListBucketResult', [
    element('Name', bucket),
    element('Prefix', encode(options.prefix)),
    ...optional('Delimiter', encode(options.delimiter)),
    ...optional('StartAfter', encode(options.startAfter)),
    ...optional('EncodingType', query.get('encoding-type') ?? ''),
    ...optional('ContinuationToken', query.get('continuation-token') ?? ''),
    ...optional('NextContinuationToken', toToken(page.nextAfter)),
    element('MaxKeys', String(options.maxKeys)),
    element('KeyCount', String(page.objects.length + page.commonPrefixes.length)),
    element('IsTruncated', String(page.nextAfter !== undefined)),
    ...page.objects.map((object) => toContents(object, encode(object.key))),
    ...page.commonPrefixes.map((prefix) =>
      element('CommonPrefixes', [element('Prefix', encode(prefix))]),
    ),
  ])
}

const optional = (name: string, text: string): Xml[] => (text === '' ? [] : [element(name, text)])

function toContents(object: StoredObject, key: string): Xml {
  return element('Contents', [
    element('Key', key),
    element('LastModified', new Date(object.modifiedAt).toISOString()),
    element('ETag', `"${object.md5}"`),
    element('Size', String(object.bytes)),
    element('StorageClass', 'STANDARD'),
  ])
}

function readOptions(query: URLSearchParams): ListOptions {
  const maxKeys = query.get('max-keys') ?? String(MAX_PAGE_KEYS)
  if (!/^\d{1,9}$/.test(maxKeys))
    throw new StorageError('InvalidArgument', 'max-keys must be a number, 0 or more')
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: Math.min(Number(maxKeys), MAX_PAGE_KEYS),
    startAfter: query.get('start-after') ?? '',
    after: fromToken(query.get('continuation-token') ?? ''),
  }
}

const toToken = (nextAfter: string | undefined) =>
  nextAfter === undefined ? '' : Buffer.from(nextAfter).toString('base64url')

function fromToken(token: string): string {
  if (!/^[\w-]*$/.test(token))
    throw new StorageError('InvalidArgument', 'continuation-token must be one of this list')
  return Buffer.from(token, 'base64url').toString()
}

async function readPage(folder: ObjectFolder, bucket: string, options: ListOptions): Promise<Page> {
  const entries = toEntries(await folder.keys(bucket, options.prefix), options)
  const shown = entries.slice(0, options.maxKeys)
  const isCommonPrefix = (entry: string) =>
    options.delimiter !== '' && entry.slice(options.prefix.length).includes(options.delimiter)
  const keys = shown.filter((entry) => !isCommonPrefix(entry))
  const objects = await readObjects(folder, bucket, keys)
  return {
    objects,
    commonPrefixes: shown.filter(isCommonPrefix),
    nextAfter: entries.length > shown.length ? shown.at(-1) : undefined,
  }
}

/** One at a time, so that a page opens one file at a time; a key removed meanwhile is left out. */
async function readObjects(folder: ObjectFolder, bucket: string, keys: readonly string[]) {
  const objects: StoredObject[] = []
  for (const key of keys) {
    const object = await folder.read({ bucket, key })
    if (object) objects.push(object)
  }
  return objects
}

/** Keys, or the common prefix of many, in the order of their UTF-8 bytes. */
function toEntries(keys: readonly string[], options: ListOptions): string[] {
  const { prefix, delimiter, startAfter, after } = options
  const entries = keys
    .filter((key) => isAfter(key, startAfter))
    .map((key) => {
      const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
      return end < 0 ? key : key.slice(0, end + delimiter.length)
    })
    .filter((entry) => isAfter(entry, after))
  return [...new Set(entries)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

const isAfter = (entry: string, start: string) =>
  start === '' || Buffer.compare(Buffer.from(entry), Buffer.from(start)) > 0
