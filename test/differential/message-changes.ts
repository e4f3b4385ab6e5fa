/** Ways to write the message differently, or wrongly. */
import { nested, type Seeded, strangeNumber, strangeText, strangeValue } from '../support/seeded.js'
import {
  CAPABILITIES_KEY,
  CLIENT_KEY,
  type Draft,
  LOG_LEVEL_KEY,
  metaOf,
  paramsOf,
  removeHeader,
  setHeader,
  VERSION_KEY,
} from './draft.js'
import type { Change } from './header-changes.js'

const setMember =
  (name: string, make: (random: Seeded) => unknown): Change =>
  (draft, random) => {
    draft.message[name] = make(random)
  }

const setParam =
  (name: string, make: (random: Seeded) => unknown): Change =>
  (draft, random) => {
    paramsOf(draft)[name] = make(random)
  }

const setMeta =
  (name: string, make: (random: Seeded) => unknown): Change =>
  (draft, random) => {
    metaOf(draft)[name] = make(random)
  }

const withoutMeta =
  (name: string): Change =>
  (draft) => {
    delete metaOf(draft)[name]
  }

const setBody =
  (make: (draft: Draft) => string): Change =>
  (draft) => {
    draft.body = make(draft)
  }

const json = (draft: Draft) => JSON.stringify(draft.message)
const wrong = (random: Seeded, right: readonly string[]) =>
  random.pick([null, 7, 'text', true, [], {}].filter((value) => !right.includes(kindOf(value))))

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

export const MESSAGE: Readonly<Record<string, Change>> = {
  'no JSON': setBody((draft) => json(draft).slice(0, -1)),
  'no body': setBody(() => ''),
  'JSON of no object': (draft, random) => {
    draft.body = JSON.stringify(random.pick([null, 7, 'text', true, 'ping']))
  },
  'white space around the body': setBody((draft) => `\r\n\t ${json(draft)} \n`),
  'no jsonrpc': (draft) => {
    delete draft.message['jsonrpc']
  },
  'another jsonrpc': setMember('jsonrpc', (random) => random.pick(['1.0', 2, null, '2'])),
  'no method': (draft) => {
    delete draft.message['method']
  },
  'method of no text': setMember('method', (random) => wrong(random, ['string'])),
  'params of no object': setMember('params', (random) => random.pick([7, 'text', true, [], [1]])),
  'params of null': setMember('params', () => null),
  'id of null': setMember('id', () => null),
  'id with a fraction': setMember('id', () => 1.5),
  'id of an object': setMember('id', (random) => random.pick([{}, [1], true, false])),
  'id of text': setMember('id', () => 'seven'),
  'id of empty text': setMember('id', () => ''),
  'id of strange text': setMember('id', strangeText),
  'id beside the safe integers': setMember('id', () => 2 ** 60),
  'id below zero': setMember('id', () => -7),
  'unknown members': setMember('x-more', (random) => strangeValue(random, 3)),
  'nested params': setParam('x-deep', () => nested(40)),
  'strange numbers': setParam('x-number', strangeNumber),
  'members of prototypes': (draft) => {
    draft.body = json(draft).replace(/^\{/, '{"__proto__":{"x":1},"constructor":7,')
  },
}

export const BATCHES: Readonly<Record<string, Change>> = {
  'an empty batch': setBody(() => '[]'),
  'a batch of one': setBody((draft) => `[${json(draft)}]`),
  'a batch of two': setBody(
    (draft) => `[${json(draft)},${JSON.stringify({ ...draft.message, id: 'second' })}]`,
  ),
}

/** A message that is a notification is answered alike, whatever it says. */
export const NOTIFICATIONS: Readonly<Record<string, Change>> = {
  'no id': (draft) => {
    delete draft.message['id']
  },
  'no id and a `_meta` of no object': (draft, random) => {
    delete draft.message['id']
    paramsOf(draft)['_meta'] = random.pick([7, 'text', true])
  },
  'no id and no version header': (draft) => {
    delete draft.message['id']
    removeHeader(draft, 'MCP-Protocol-Version')
  },
  'no id, no envelope and no version header': (draft) => {
    delete draft.message['id']
    delete draft.message['params']
    removeHeader(draft, 'MCP-Protocol-Version')
  },
  'a known notification': (draft) => {
    delete draft.message['id']
    draft.message['method'] = 'notifications/cancelled'
    draft.message['params'] = { requestId: 7 }
  },
  'an unknown notification': (draft) => {
    delete draft.message['id']
    draft.message['method'] = 'notifications/of/tomorrow'
  },
  'a response': (draft) => {
    draft.message = { jsonrpc: '2.0', id: 7, result: {} }
  },
  'a response with an id of no kind': (draft) => {
    draft.message = { jsonrpc: '2.0', id: 1.5, result: {} }
  },
  'an error response': (draft) => {
    draft.message = { jsonrpc: '2.0', id: 7, error: { code: -1, message: 'no' } }
  },
}

export const ENVELOPE: Readonly<Record<string, Change>> = {
  'no envelope version': withoutMeta(VERSION_KEY),
  'no capabilities': withoutMeta(CAPABILITIES_KEY),
  'no client info': withoutMeta(CLIENT_KEY),
  'no _meta': (draft) => {
    delete paramsOf(draft)['_meta']
  },
  'no params': (draft) => {
    delete draft.message['params']
  },
  '_meta of no object': setParam('_meta', (random) => wrong(random, ['object'])),
  'version of no text': setMeta(VERSION_KEY, (random) => wrong(random, ['string'])),
  'another version on both sides': (draft, random) => {
    const version = random.pick(['2099-01-01', '2026-07-29', 'draft'])
    metaOf(draft)[VERSION_KEY] = version
    setHeader(draft, 'MCP-Protocol-Version', version)
  },
  'another version in the body': setMeta(VERSION_KEY, () => '2099-01-01'),
  'capabilities of no object': setMeta(CAPABILITIES_KEY, (random) => wrong(random, ['object'])),
  'unknown capabilities': setMeta(CAPABILITIES_KEY, () => ({ 'com.example/x': {}, roots: {} })),
  'client info of no object': setMeta(CLIENT_KEY, (random) => wrong(random, ['object'])),
  'client info without a version': setMeta(CLIENT_KEY, () => ({ name: 'x' })),
  'an unknown log level': setMeta(LOG_LEVEL_KEY, (random) => random.pick(['loud', 7, '', 'INFO'])),
  'a log level': setMeta(LOG_LEVEL_KEY, (random) => random.pick(['debug', 'emergency'])),
  'a progress token': setMeta('progressToken', (random) => random.pick([7, 'token', 0, ''])),
  'a progress token of no text or number': setMeta('progressToken', (random) =>
    random.pick([null, {}, true, 1.5]),
  ),
  'unknown envelope members': setMeta('com.example/more', (random) => strangeValue(random, 3)),
}

/** Of what an envelope is made of, all that the revisions before 2026-07-28 have too. */
export const LEGACY_META: Readonly<Record<string, Change>> = {
  'a `_meta` of no object': setParam('_meta', (random) => wrong(random, ['object'])),
  'a progress token': setMeta('progressToken', (random) => random.pick([7, 'token', 0, ''])),
}

export const PARAMS: Readonly<Record<string, Change>> = {
  'an unknown method': (draft, random) => {
    const method = random.pick(['tools/drop', 'toString', '__proto__', 'tools', 'tools/'])
    draft.message['method'] = method
    if (draft.era === 'modern') setHeader(draft, 'Mcp-Method', method)
  },
  'an empty method': (draft) => {
    draft.message['method'] = ''
    if (draft.era === 'modern') setHeader(draft, 'Mcp-Method', '')
  },
  'a name of no text and a name header of no base64': (draft) => {
    paramsOf(draft)['uri' in paramsOf(draft) ? 'uri' : 'name'] = 7
    if (draft.era === 'modern') setHeader(draft, 'Mcp-Name', '=?base64?!?=')
  },
  'a method of another era': (draft, random) => {
    const modern = ['initialize', 'ping', 'logging/setLevel', 'resources/subscribe']
    const method = draft.era === 'modern' ? random.pick(modern) : 'server/discover'
    draft.message['method'] = method
    draft.message['params'] = { ...paramsOf(draft), level: 'info', uri: 'twin://note' }
    if (draft.era === 'modern') setHeader(draft, 'Mcp-Method', method)
  },
  'an unknown cursor': setParam('cursor', (random) => random.pick(['7', 'AAAA', 'é', 'x'])),
  'an empty cursor': setParam('cursor', () => ''),
  'a cursor of no text': setParam('cursor', (random) => wrong(random, ['string'])),
  'an unknown name': (draft, random) => rename(draft, random.pick(['nobody', '__proto__', ' '])),
  'a name of no text': (draft, random) => {
    const member = 'uri' in paramsOf(draft) ? 'uri' : 'name'
    paramsOf(draft)[member] = wrong(random, ['string'])
  },
  'no name': (draft) => {
    delete paramsOf(draft)['name']
    delete paramsOf(draft)['uri']
  },
  'no arguments': (draft) => {
    delete paramsOf(draft)['arguments']
  },
  'arguments of no object': setParam('arguments', (random) => wrong(random, ['object'])),
  'arguments of the wrong types': setParam('arguments', () => ({ text: 7, name: 7 })),
  'too many arguments': setParam('arguments', (random) => ({
    text: strangeText(random),
    name: 'Ann',
    more: strangeText(random),
  })),
  'unknown params': setParam('x-more', (random) => strangeValue(random, 3)),
}

function rename(draft: Draft, name: string): void {
  const params = paramsOf(draft)
  if (!('name' in params) && !('uri' in params)) return
  const called = 'uri' in params ? `twin://${name}` : name
  params['uri' in params ? 'uri' : 'name'] = called
  if (draft.era === 'modern')
    setHeader(
      draft,
      'Mcp-Name',
      called.trim() === called ? called : `=?base64?${Buffer.from(called).toString('base64')}?=`,
    )
}
