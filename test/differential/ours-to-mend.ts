/** Differences that no sentence decides for us: each is to be mended, and its entry taken out. */
import type { Difference } from './differences.js'
import { headerOf } from './draft.js'

export const OURS_TO_MEND: readonly Difference[] = [
  {
    what: 'the id of a response comes back in the error that refuses it',
    decidedBy:
      'That id is of a request of the server’s: sent back, it looks like the answer to a request of the client’s with the same id (base protocol, Responses).',
    covers: ({ draft, ours, theirs }) =>
      draft.era === 'modern' &&
      !('method' in draft.message) &&
      ('result' in draft.message || 'error' in draft.message) &&
      ours.status === 400 &&
      ours.id === 'sent' &&
      theirs.status === 400,
  },
  {
    what: 'PUT is answered with 404 where the resource exists: 405 and Allow are due',
    decidedBy: 'A method that the resource does not support is 405 (RFC 9110, 15.5.6).',
    covers: ({ draft, ours, theirs }) =>
      draft.httpMethod === 'PUT' && ours.status === 404 && theirs.status === 405,
  },
  {
    what: 'an empty method is called no request: it is an unknown method, and 404 is due',
    decidedBy: 'A method is a string, and one that does not exist is -32601 (JSON-RPC 2.0).',
    covers: ({ draft, ours, theirs }) =>
      draft.message['method'] === '' &&
      ours.status === 400 &&
      ours.code === -32600 &&
      theirs.code !== -32600,
  },
  {
    what: 'a number in a parameter header may be written as 0x7, 0b111, 0o7 or 7e0',
    decidedBy:
      'A number in a header is its decimal text (2026-07-28, Streamable HTTP, Custom headers from tool parameters).',
    covers: ({ draft, ours, theirs }) =>
      /^0[xbo]|e/.test(headerOf(draft, 'mcp-param-size') ?? '') &&
      ours.status === 200 &&
      theirs.code === -32020,
  },
  {
    what: 'an `Mcp-Name` of bad base64 passes when the body names nothing',
    decidedBy:
      'A value that is not base64 between its marks is refused with 400 and -32020 (2026-07-28, Streamable HTTP, Header encoding).',
    covers: ({ draft, ours, theirs }) =>
      headerOf(draft, 'mcp-name')?.startsWith('=?base64?') === true &&
      ours.code === -32602 &&
      theirs.code === -32020,
  },
]
