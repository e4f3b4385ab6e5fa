/** Ids, names and cursors in answers of the management API, by what the schema calls them. */
import { isObjectType } from 'graphql'
import { messagesIn, type Answer } from '../draw.js'
import type { Asking } from './asking.js'
import { isPlain } from './arguments.js'
import { schema, type Target } from './schema.js'

/** Made by the gateway: nobody else has the same. Whatever else is learned has its tenant's mark. */
const UNIQUE: ReadonlySet<string> = new Set(['keyId', 'callId', 'uploadId', 'sha256'])
const NAMES: ReadonlySet<string> = new Set([
  'packageName',
  'moduleName',
  'settingId',
  'username',
  'endpointId',
])
/** Whatever they show is there for nobody else. */
const MAKING = /^(?:create|load|process)|^deleteSetting$/
/** What is taken up again by one mutation alone. */
const KEPT_FOR: ReadonlyMap<string, string> = new Map([
  ['processBundle packageName', 'scrap'],
  ['createFunction key', 'made'],
  ['deleteSetting settingId', 'empty'],
])

export function learnFrom(asking: Asking, target: Target): (answer: Answer) => void {
  const isMaking = target.operation === 'mutation' && MAKING.test(target.path[0]?.name ?? '')
  const { heard } = asking.world.graphql
  const keeper = createKeeper(asking, { target, isMaking })
  return (answer) => {
    for (const { data } of messagesIn(answer)) {
      if (!isRecord(data)) continue
      if (target.operation === 'subscription')
        heard.set(target.name, (heard.get(target.name) ?? 0) + 1)
      walk(data, { type: '', field: '', list: '' }, keeper)
    }
  }
}

interface Place {
  readonly type: string
  readonly field: string
  /** The list that a page is of. */
  readonly list: string
}

type Keep = (place: Place, value: string, of: Readonly<Record<string, unknown>>) => void

function walk(value: unknown, place: Place, keep: Keep): void {
  if (Array.isArray(value)) for (const each of value) walk(each, place, keep)
  else if (isRecord(value)) {
    const type = textOf(value, '__typename')
    const isInPage = /(?:Connection|Edge)$/.test(type)
    const list = isInPage ? place.list || `${place.type}.${place.field}` : ''
    for (const [field, below] of Object.entries(value)) {
      const at = { type, field, list }
      if (typeof below === 'string') keep(at, below, value)
      else if (type !== '' || place.type === '') walk(below, at, keep)
    }
  }
}

function textOf(of: Readonly<Record<string, unknown>>, field: string): string {
  const value = of[field]
  return typeof value === 'string' ? value : ''
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

interface Learned {
  readonly target: Target
  readonly isMaking: boolean
}

function createKeeper({ world, owner, asker }: Asking, { target, isMaking }: Learned): Keep {
  const { graphql, markers } = world
  const isOwn = (value: string) =>
    markers.find(value).some((found) => found.owner.tenant === owner.tenant)
  const last = target.path.at(-1)
  const maker = last?.name ?? ''
  const save = (kind: string, value: string) => {
    const whose = kind === 'uploadId' ? asker : owner
    graphql.known(kind).keep(whose, value)
    if (isMaking && kind !== 'uploadId')
      graphql.expendable(KEPT_FOR.get(`${maker} ${kind}`) ?? kind).keep(whose, value)
  }
  const keepCursor = (list: string, value: string) => {
    graphql.known(`cursor of ${list}`).keep(owner, value)
    if (list === target.name && last && isPlain(last))
      graphql.expendable(`cursor of ${list}`).keep(owner, value)
  }
  const keepNamed = (field: string, value: string) => {
    if (UNIQUE.has(field)) {
      markers.claim(value, field === 'uploadId' ? asker : owner)
      save(field, value)
    } else if (NAMES.has(field) && isOwn(value)) save(field, value)
  }
  return ({ type, field, list }, value, of) => {
    if (field === 'cursor' && list !== '') return keepCursor(list, value)
    if (field === 'cursor' && target.operation === 'subscription')
      return keepCursor(target.name, value)
    if (field === 'id' && isNode(type)) return graphql.known('id').keep(owner, `${type} ${value}`)
    if (type !== 'Function' || field !== 'name') return keepNamed(field, value)
    const key = textOf(of, 'uri') || value
    if (isOwn(key)) save('key', `${textOf(of, 'type')} ${key}`)
  }
}

function isNode(type: string): boolean {
  const found = schema.getType(type)
  return isObjectType(found) && found.getInterfaces().some(({ name }) => name === 'Node')
}
