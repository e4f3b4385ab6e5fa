/** Where this gateway and the official SDK differ on purpose, and what decides. */
import { type Draft, headerOf, metaOf, paramsOf, VERSION_KEY } from './draft.js'
import { EXTENSION_DIFFERENCES } from './extension-differences.js'
import { type Difference, is, isResult, type Seen } from './seen.js'

const isRefusedAlike = ({ ours, theirs }: Seen) =>
  ours.status === theirs.status && ours.code === theirs.code && ours.members.length === 0

const isResponse = ({ message }: Draft) => !('method' in message)

const isBatch = (draft: Draft) => draft.body?.startsWith('[') ?? false

/** What a request without the header is taken for. */
const ASSUMED = '2025-03-26'

const ENVELOPE_MEMBERS = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error'])

const namesNoRevision = (draft: Draft) =>
  isBatch(draft) || !Object.hasOwn(metaOf(draft), VERSION_KEY)

/** What makes a response is unknown to a request. */
const hasUnknownMembers = (draft: Draft) =>
  draft.changes.includes('members of prototypes') ||
  ('method' in draft.message && ('result' in draft.message || 'error' in draft.message)) ||
  Object.keys(draft.message).some((name) => !ENVELOPE_MEMBERS.has(name))

const isListed = (accept: string, type: string, group: string) =>
  accept.includes(type) || accept.includes(group) || accept.includes('*/*')

/** Whether `Accept` allows both forms of an answer, wildcards counted. */
const acceptsBoth = (draft: Draft) => {
  const accept = headerOf(draft, 'accept') ?? '*/*'
  return (
    isListed(accept, 'application/json', 'application/*') &&
    isListed(accept, 'text/event-stream', 'text/*')
  )
}

const namesBoth = (draft: Draft) =>
  ['application/json', 'text/event-stream'].every((type) =>
    headerOf(draft, 'accept')?.includes(type),
  )

export const DIFFERENCES: readonly Difference[] = [
  {
    what: 'an error without a readable id has none, not null',
    decidedBy:
      'The schema of every revision knows an id as a string or a number; from 2025-11-25 on an error response may leave it out. JSON-RPC’s null is no MCP id (base protocol, Responses).',
    covers: (seen) =>
      isRefusedAlike(seen) &&
      seen.ours.id === 'none' &&
      seen.theirs.id === 'null' &&
      (seen.ours.code === -32700 || seen.ours.code === -32600),
  },
  {
    what: 'an error keeps the id of a request whose method cannot be read',
    decidedBy:
      'An error response has the id of the request that it answers, unless that id could not be read (base protocol, Responses).',
    covers: (seen) =>
      isRefusedAlike(seen) &&
      seen.ours.code === -32600 &&
      seen.ours.id === 'sent' &&
      seen.theirs.id === 'null' &&
      typeof seen.draft.message['method'] !== 'string',
  },
  {
    what: 'a number that is no integer that JSON carries exactly is refused and not repeated',
    decidedBy: 'A request has a string or an integer as its id (base protocol, Requests).',
    covers: (seen) =>
      isRefusedAlike(seen) &&
      is(seen.ours, [400, -32600, 'none']) &&
      seen.theirs.id === 'sent' &&
      typeof seen.draft.message['id'] === 'number' &&
      !Number.isSafeInteger(seen.draft.message['id']),
  },
  {
    what: 'refusals of media types have the code of an invalid request',
    decidedBy:
      'Codes from -32000 to -32019 are left over from earlier revisions and not to be used anew (2026-07-28, base protocol, Error codes).',
    covers: ({ ours, theirs }) =>
      [406, 415].some(
        (status) => is(ours, [status, -32600, 'none']) && is(theirs, [status, -32000, 'null']),
      ),
  },
  {
    what: 'a refusal of the HTTP method is no JSON-RPC message',
    decidedBy:
      'GET and DELETE are answered with 405 and Allow; nothing is said of the body (2026-07-28, Streamable HTTP).',
    covers: ({ ours, theirs }) =>
      is(ours, [405, undefined, 'none']) && is(theirs, [405, -32000, 'null']),
  },
  {
    what: 'a notification needs no headers that repeat its body',
    decidedBy:
      'The headers are demanded of requests; an accepted notification is answered with 202 (2026-07-28, Streamable HTTP, Standard headers).',
    covers: ({ draft, ours, theirs }) =>
      draft.era === 'modern' &&
      !('id' in draft.message) &&
      is(ours, [202, undefined, 'no message']) &&
      is(theirs, [400, -32020, 'null']),
  },
  {
    what: 'a missing resource has its own code until 2025-11-25',
    decidedBy: 'A resource that is not there is -32002 (2025-11-25, Resources, Error handling).',
    covers: ({ draft, ours, theirs }) =>
      draft.era === 'legacy' &&
      (draft.message['method'] ?? draft.method) === 'resources/read' &&
      is(ours, [200, -32002, theirs.id]) &&
      is(theirs, [200, -32602, ours.id]),
  },
  {
    what: 'malformed params are the client’s mistake, not an internal error',
    decidedBy: 'Invalid params are -32602 (JSON-RPC 2.0, Error object; every revision repeats it).',
    covers: ({ ours, theirs }) =>
      is(ours, [200, -32602, 'sent']) && is(theirs, [200, -32603, 'sent']),
  },
  {
    what: 'an unknown revision in the header is named as such when the body names none',
    decidedBy:
      'An unsupported MCP-Protocol-Version is answered with 400; no code is given (2025-06-18, Transports, Protocol version header).',
    covers: ({ draft, ours, theirs }) =>
      namesNoRevision(draft) &&
      ours.code === -32022 &&
      ours.status === 400 &&
      (theirs.status === 400 || isBatch(draft)),
  },
  {
    what: 'a client that takes one form of answer only is refused in every revision',
    decidedBy:
      'The client has to list both application/json and text/event-stream in Accept (every revision, Streamable HTTP, Sending messages).',
    covers: ({ draft, ours }) => !acceptsBoth(draft) && is(ours, [406, -32600, 'none']),
  },
  {
    what: 'a wildcard in Accept, or no Accept, allows both forms',
    decidedBy:
      'Without the field any media type is acceptable, and a range stands for all types in it (RFC 9110, 12.5.1).',
    covers: ({ draft, ours, theirs }) =>
      acceptsBoth(draft) &&
      !namesBoth(draft) &&
      ours.status !== 406 &&
      is(theirs, [406, -32000, 'null']),
  },
  {
    what: 'unknown members beside those of JSON-RPC pass',
    decidedBy:
      'The schema of a request does not close its object: members that it does not name are allowed (schema, JSONRPCRequest).',
    covers: ({ draft, ours, theirs }) =>
      hasUnknownMembers(draft) &&
      ours.code !== -32600 &&
      theirs.status === 400 &&
      theirs.code === -32600,
  },
  {
    what: 'a progress token that is neither text nor integer is passed back as it is',
    decidedBy:
      'What a token has to be is demanded of its sender, and how a receiver tells progress is left to it (every revision, Progress, Progress flow and Behavior requirements).',
    covers: ({ draft, ours, theirs }) =>
      draft.changes.includes('a progress token of no text or number') &&
      !['string', 'undefined'].includes(typeof metaOf(draft)['progressToken']) &&
      ours.code !== -32600 &&
      is(theirs, [400, -32600, 'sent']),
  },
  {
    what: 'a cursor that no list has issued is refused',
    decidedBy: 'Invalid cursors should be answered with -32602 (every revision, Pagination).',
    covers: ({ draft, ours, theirs }) =>
      draft.method.endsWith('/list') &&
      /"cursor":"/.test(draft.body ?? JSON.stringify(draft.message)) &&
      is(ours, [200, -32602, theirs.id]) &&
      isResult(theirs),
  },
  {
    what: 'a response is an invalid request in the revision that has none to answer',
    decidedBy:
      'The body is one request or notification; nothing else is accepted (2026-07-28, Streamable HTTP, Sending messages).',
    covers: ({ draft, ours, theirs }) =>
      draft.era === 'modern' &&
      isResponse(draft) &&
      ours.status === 400 &&
      ours.code === -32600 &&
      is(theirs, [400, -32000, 'null']),
  },
  {
    what: 'a `_meta` of another kind is a missing envelope, not a malformed message',
    decidedBy:
      'A request without the members of the envelope is answered with 400 and -32602 (2026-07-28, base protocol, `_meta`).',
    covers: ({ draft, ours, theirs }) => {
      const { _meta: meta } = paramsOf(draft)
      return (
        draft.era === 'modern' &&
        (typeof meta !== 'object' || meta === null || Array.isArray(meta)) &&
        (is(ours, [400, -32602, 'sent']) || is(ours, [400, -32022, 'sent'])) &&
        is(theirs, [400, -32600, 'sent'])
      )
    },
  },
  {
    what: 'a batch is refused in the revisions that have none',
    decidedBy: 'Batching was taken out (2025-06-18, Key changes).',
    covers: ({ draft, ours, theirs }) =>
      isBatch(draft) &&
      (headerOf(draft, 'mcp-protocol-version')?.trim() ?? ASSUMED) > ASSUMED &&
      is(ours, [400, -32600, 'none']) &&
      (theirs.status === 200 || theirs.status === 202 || is(theirs, [400, -32000, 'null'])),
  },
  {
    what: 'a batch of 2025-03-26 is answered with an array',
    decidedBy:
      'A batch is answered with an array or a stream, and each member, an invalid one too, on its own (2025-03-26, Streamable HTTP, Sending messages; JSON-RPC 2.0, Batch).',
    covers: ({ draft, ours, theirs }) =>
      isBatch(draft) &&
      ours.status === 200 &&
      ours.id === 'batch' &&
      (theirs.status === 200 || theirs.code === -32600),
  },
  {
    what: 'a handshake is served whatever revision its header names',
    decidedBy:
      'The header is due on the requests after the handshake, which settles the revision by its body (2025-06-18, Lifecycle and Protocol version header).',
    covers: ({ draft, ours, theirs }) =>
      draft.era === 'legacy' &&
      draft.message['method'] === 'initialize' &&
      ours.status === 200 &&
      theirs.status === 400,
  },
  {
    what: 'a response that answers nothing is accepted like any other',
    decidedBy:
      'Input of responses and notifications only that is accepted gets 202 without a body (2025-03-26 on, Sending messages).',
    covers: ({ draft, ours, theirs }) =>
      isResponse(draft) &&
      is(ours, [202, undefined, 'no message']) &&
      theirs.status === 400 &&
      theirs.code === -32600,
  },
  {
    what: 'what is wrong inside a notification is nobody’s to hear',
    decidedBy:
      'The client is not made aware of errors in a notification, such as invalid params (JSON-RPC 2.0, Notification); one that is accepted gets 202 (every revision, Sending messages).',
    covers: ({ draft, ours, theirs }) =>
      typeof draft.message['method'] === 'string' &&
      !('id' in draft.message) &&
      is(ours, [202, undefined, 'no message']) &&
      [-32600, -32602].some((code) => is(theirs, [400, code, 'null'])),
  },
  {
    what: 'what names no revision without sessions needs a session',
    decidedBy:
      'Without the version header 2025-03-26 is assumed, and a message without the session id that its server requires is answered with 400, one with an unknown id with 404 (2025-06-18, Protocol version header; 2025-03-26 on, Session management). The SDK’s handler keeps no sessions.',
    covers: ({ draft, ours, theirs }) =>
      draft.era === 'modern' &&
      (draft.httpMethod === 'DELETE' ||
        (namesNoRevision(draft) && headerOf(draft, 'mcp-protocol-version') === undefined)) &&
      (is(ours, [400, -32600, ours.id]) || ours.status === 404) &&
      theirs.status !== ours.status,
  },
  {
    what: 'a `_meta` that is no object says nothing to a revision that needs nothing of it',
    decidedBy:
      'What `_meta` holds is additional and optional; nothing demands that a request is refused for it (2025-11-25 and before, base protocol, General fields).',
    covers: ({ draft, ours, theirs }) =>
      draft.era === 'legacy' &&
      Object.hasOwn(paramsOf(draft), '_meta') &&
      Object.keys(metaOf(draft)).length === 0 &&
      ours.code !== -32600 &&
      theirs.status === 400 &&
      theirs.code === -32600,
  },
  ...EXTENSION_DIFFERENCES,
]
