/** Ways to write headers differently, wrongly, or not at all. */
import { isRecord } from '../support/raw-client.js'
import type { Seeded } from '../support/seeded.js'
import { type Draft, headerOf, paramsOf, removeHeader, setHeader } from './draft.js'

export type Change = (draft: Draft, random: Seeded) => void

const VERSION = 'MCP-Protocol-Version'
const NAME = 'Mcp-Name'
const METHOD = 'Mcp-Method'

const ODD_VERSIONS = ['2099-01-01', '2024-01-01', 'draft', '1', '2026-07-28, 2026-07-28', '']

const onHeader =
  (name: string, change: (value: string, random: Seeded) => string): Change =>
  (draft, random) => {
    const value = headerOf(draft, name)
    if (value !== undefined) setHeader(draft, name, change(value, random))
  }

const base64 = (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`

const set =
  (name: string, value: string): Change =>
  (draft) =>
    setHeader(draft, name, value)

const without =
  (name: string): Change =>
  (draft) =>
    removeHeader(draft, name)

const recase =
  (toCase: (text: string) => string): Change =>
  (draft) => {
    draft.headers = draft.headers.map(([name, value]) => [toCase(name), value])
  }

export const SPELLINGS: Readonly<Record<string, Change>> = {
  'upper case header names': recase((name) => name.toUpperCase()),
  'lower case header names': recase((name) => name.toLowerCase()),
  'white space around header values': (draft) => {
    draft.headers = draft.headers.map(([name, value]) => [name, `  ${value} \t`])
  },
  'content type with charset': set('Content-Type', 'application/json; charset=utf-8'),
  'content type in upper case': set('Content-Type', 'APPLICATION/JSON'),
  'Accept in other order': set('Accept', 'text/event-stream,application/json'),
  'Accept with weights': set('Accept', 'application/json;q=0.9, text/event-stream;q=0.1'),
  'old session headers': (draft) => {
    if (draft.era === 'modern') setHeader(draft, 'Mcp-Session-Id', 'left over')
    if (draft.era === 'modern') setHeader(draft, 'Last-Event-ID', '7')
  },
  'a header of somebody else': set('X-Request-Id', '42'),
}

export const MODERN_HEADERS: Readonly<Record<string, Change>> = {
  'no version header': without(VERSION),
  'no method header': without(METHOD),
  'no name header': without(NAME),
  'another version header': (draft, random) =>
    setHeader(draft, VERSION, random.pick([...ODD_VERSIONS, '2025-11-25', '2025-06-18'])),
  'another method header': set(METHOD, 'tools/other'),
  'method header in upper case': onHeader(METHOD, (value) => value.toUpperCase()),
  'empty method header': set(METHOD, ''),
  'another name header': onHeader(NAME, () => 'somebody else'),
  'name header in upper case': onHeader(NAME, (value) => value.toUpperCase()),
  'empty name header': onHeader(NAME, () => ''),
  'name header in base64': onHeader(NAME, base64),
  'name header in base64 with upper case marks': onHeader(NAME, (value) =>
    base64(value).replace('base64', 'BASE64'),
  ),
  'name header in base64 without its end': onHeader(NAME, (value) => base64(value).slice(0, -2)),
  'name header in base64 without padding': onHeader(NAME, (value) =>
    base64(`${value}xx`).replaceAll('=?=', '?='),
  ),
  'name header in base64 of no UTF-8': onHeader(NAME, () => '=?base64?/////w==?='),
  'name header in no base64': onHeader(NAME, () => '=?base64?not base64!?='),
  'name header in empty base64': onHeader(NAME, () => '=?base64??='),
  'a name header where none is due': set(NAME, 'nobody'),
  'DELETE in place of POST': (draft) => {
    draft.httpMethod = 'DELETE'
  },
}

export const HANDSHAKE_HEADERS: Readonly<Record<string, Change>> = {
  'a handshake under an unknown version header': set(VERSION, '2099-01-01'),
}

const REGION = 'Mcp-Param-Region'
const SIZE = 'Mcp-Param-Size'

export const PARAM_HEADERS: Readonly<Record<string, Change>> = {
  'no parameter header': without(REGION),
  'another parameter header': onHeader(REGION, () => 'us'),
  'parameter header in base64': onHeader(REGION, (value) =>
    value.startsWith('=?') ? value : base64(value),
  ),
  'parameter header in no base64': onHeader(REGION, () => '=?base64?!?='),
  'a number written differently': onHeader(SIZE, (_value, random) =>
    random.pick(['7.0', '07', 'seven', '']),
  ),
  'a number in the notation of programs': onHeader(SIZE, (_value, random) =>
    random.pick(['0x7', '0b111', '0o7', '7e0']),
  ),
  'a parameter header without its argument': (draft) => {
    const args = paramsOf(draft)['arguments']
    if (isRecord(args)) delete args['region']
  },
  'an argument of null': (draft) => {
    const args = paramsOf(draft)['arguments']
    if (isRecord(args)) Object.assign(args, { region: null })
    removeHeader(draft, REGION)
  },
}

export const LEGACY_HEADERS: Readonly<Record<string, Change>> = {
  'no version header': without(VERSION),
  'unknown version header': (draft, random) =>
    setHeader(draft, VERSION, random.pick(ODD_VERSIONS.filter((version) => version !== ''))),
  'modern headers': (draft) => setHeader(draft, METHOD, draft.method),
}

export const TRANSPORT: Readonly<Record<string, Change>> = {
  'no content type': without('Content-Type'),
  'content type of text': set('Content-Type', 'text/plain'),
  'content type of a form': set('Content-Type', 'application/x-www-form-urlencoded'),
  'content type that begins like JSON': set('Content-Type', 'application/jsonx'),
  'content type of JSON-RPC': set('Content-Type', 'application/json-rpc'),
  'no Accept': without('Accept'),
  'Accept of JSON only': set('Accept', 'application/json'),
  'Accept of streams only': set('Accept', 'text/event-stream'),
  'Accept of HTML': set('Accept', 'text/html'),
  'Accept of anything': set('Accept', '*/*'),
  'Accept of half of anything': set('Accept', 'application/*, text/*'),
  'empty Accept': set('Accept', ''),
  'PUT in place of POST': (draft) => {
    draft.httpMethod = 'PUT'
  },
}
