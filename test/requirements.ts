/**
 * What the wire demands of this gateway, requirement by requirement: L of the revisions with a
 * handshake, M of 2026-07-28, A of authorization. A test cites one by its id in brackets at the end
 * of its name; `requirements.test.ts` sees to it that each is cited or says why not.
 */
export interface Requirement {
  readonly id: string
  readonly demands: string
  /** Why no test cites it yet. */
  readonly pending?: string | undefined
}

const LATER = 'authorization servers are a later step'

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'L1',
    demands:
      'initialize settles on the revision asked for, else on the latest one that has a handshake, never on 2026-07-28.',
  },
  {
    id: 'L2',
    demands:
      'initialize tells revision, capabilities and server, and a session id in the header is visible ASCII.',
  },
  {
    id: 'L3',
    demands: 'A notification or a response that is posted is answered with 202 and no body.',
  },
  { id: 'L4', demands: 'A request is answered in JSON or as an event stream.' },
  {
    id: 'L5',
    demands:
      'A revision header that nobody knows is 400; without one the request counts as 2025-03-26.',
  },
  { id: 'L6', demands: 'A client that does not accept both forms of an answer gets 406.' },
  {
    id: 'L7',
    demands:
      'A session that is missing is 400, one that is unknown or over is 404, and DELETE ends it.',
  },
  {
    id: 'L8',
    demands:
      'ping, setLevel, subscribe and unsubscribe answer with an empty object, and all methods of lists and calls answer.',
  },
  { id: 'L9', demands: 'Each capability that is declared has methods that answer.' },
  {
    id: 'L10',
    demands: 'A client that disconnects has not cancelled; only its notification does.',
  },
  {
    id: 'L11',
    demands:
      'A message goes out on one stream only; resuming by the last event id replays that stream and no other.',
  },
  {
    id: 'L12',
    demands:
      'Requests to the client travel on the stream of the call that asks, and their answers come as POSTs of their own.',
  },
  { id: 'L13', demands: 'Batches are served in 2025-03-26 and refused in later revisions.' },
  {
    id: 'L14',
    demands: 'The pair of endpoints of 2024-11-05, a stream and a mailbox, is served.',
    pending:
      'not built by decision: it is deprecated, and a client of that revision is served over Streamable HTTP',
  },
  {
    id: 'M1',
    demands:
      'One endpoint takes POST; GET and DELETE are 405 with Allow; session and event ids are ignored and never made.',
  },
  { id: 'M2', demands: 'A body is one request or one notification: no response, no batch.' },
  { id: 'M3', demands: 'An accepted notification is 202 without a body, whatever its headers.' },
  {
    id: 'M4',
    demands:
      'A streamed answer holds the notifications of its request, then the answer, and ends; proxies are told not to buffer.',
  },
  { id: 'M5', demands: 'No stream ever carries a request of the server.' },
  { id: 'M6', demands: 'Closing the response stream cancels its request.' },
  { id: 'M7', demands: 'A foreign Origin is 403.' },
  {
    id: 'M8',
    demands:
      'Another content type is 415, no JSON -32700, no JSON-RPC -32600; an id that cannot be read is left out of the error.',
  },
  {
    id: 'M10',
    demands: 'A request without revision or client capabilities in its `_meta` is 400 with -32602.',
  },
  {
    id: 'M11',
    demands:
      'Client info may be absent and is checked when it is there; the log level is one of eight.',
  },
  {
    id: 'M12',
    demands:
      'An unknown revision is 400 with -32022 and the list of those that discovery reports too.',
  },
  {
    id: 'M13',
    demands:
      'Nothing is taken from earlier requests; a capability that is needed and not declared is 400 with -32021 and an object that names it.',
  },
  { id: 'M14', demands: 'Every result says its type, and in `_meta` which server made it.' },
  {
    id: 'M20',
    demands:
      'The headers of revision, method and name are there and repeat the body, else 400 with -32020.',
  },
  {
    id: 'M21',
    demands:
      'A header value between base64 marks is decoded before it is compared; a bad one is -32020, one without both marks is literal.',
  },
  {
    id: 'M22',
    demands:
      'An annotated argument that is present is repeated in its header; annotations are checked when a bundle is published.',
  },
  {
    id: 'M23',
    demands: 'Of several mistakes the one is answered that the order of checks meets first.',
  },
  {
    id: 'M24',
    demands:
      'Refusals of the edge are 400, unknown methods 404, what a handler answers is 200 in band.',
  },
  {
    id: 'M30',
    demands: 'server/discover tells revisions and the capabilities that have handlers.',
  },
  {
    id: 'M31',
    demands:
      'Lists are the same for all connections, in a stable order, with opaque cursors; a bad one is -32602.',
  },
  {
    id: 'M32',
    demands:
      'Complete results of lists, reads and discovery carry how long and for whom they may be kept.',
  },
  {
    id: 'M33',
    demands:
      'An unknown tool is -32602, invalid input a result that is an error, and structured output fits its schema.',
  },
  {
    id: 'M34',
    demands: 'A resource that is not there is -32602 with its URI, never empty contents.',
  },
  {
    id: 'M35',
    demands:
      'Schemas keep every keyword of JSON Schema 2020-12; nothing is fetched and validation is bounded.',
  },
  {
    id: 'M40',
    demands:
      'Input is asked for in calls, prompts and reads only, and of declared kinds and modes only.',
  },
  {
    id: 'M41',
    demands:
      'The state that a client brings back is authentic, its own, of the same request, and in time, else -32602.',
  },
  {
    id: 'M42',
    demands:
      'Missing or wrong answers are asked for again, unknown ones ignored, and rubbish completes nothing.',
  },
  {
    id: 'M43',
    demands:
      'URL elicitation is an input request with its mode; the codes and messages of old are gone.',
  },
  {
    id: 'M50',
    demands:
      'A subscription stream begins with what was honoured, carries its id in every frame and only what was asked for.',
  },
  {
    id: 'M51',
    demands: 'A subscription that the server ends is answered with its result first.',
  },
  {
    id: 'M52',
    demands: 'A subscription of which nothing is honoured is acknowledged and complete at once.',
  },
  { id: 'M60', demands: 'Progress is told only under a token, and its values rise.' },
  { id: 'M61', demands: 'Logs are told only from the level that the request asked for.' },
  { id: 'M62', demands: 'The trace context in `_meta` is picked up.' },
  { id: 'M63', demands: 'Error codes of our own lie outside what JSON-RPC and MCP reserve.' },
  {
    id: 'A1',
    demands: 'Protected resource metadata exists, and 401 points to it with the scope.',
  },
  {
    id: 'A2',
    demands: 'Every token is checked for signature, time and this endpoint as its audience.',
  },
  { id: 'A3', demands: 'The metadata’s resource is the URL that clients use.' },
  { id: 'A4', demands: 'offline_access is in no list of scopes.' },
  { id: 'A5', demands: 'Hierarchies of scopes are accounted for.' },
  {
    id: 'A6',
    demands: 'As a client of upstream servers it discovers, verifies and binds credentials.',
    pending: LATER,
  },
]
