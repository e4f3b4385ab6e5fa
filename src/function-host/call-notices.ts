/** What a function says to more than its caller: what has changed, and that it goes on unheard. */
import type { CallNotices } from '../author/author.js'
import { LIST_KINDS } from '../domain/notice.js'

/** In UTF-16 units. */
const MAX_URI_LENGTH = 2048

/**
 * Misuse throws a TypeError at once, whoever listens.
 *
 * @param admits whether a message of this size may pass
 */
export function createNotices(
  messages: CallNotices,
  admits: (bytes: number) => boolean,
): CallNotices {
  return {
    resourceUpdated(uri) {
      checkUri(uri)
      if (admits(uri.length)) messages.resourceUpdated(uri)
    },
    listChanged(list) {
      checkList(list)
      if (admits(0)) messages.listChanged(list)
    },
    closeStream() {
      if (admits(0)) messages.closeStream()
    },
  }
}

/** Plain JavaScript may pass anything, whatever the types say. */
function checkUri(uri: unknown): void {
  if (typeof uri === 'string' && uri !== '' && uri.length <= MAX_URI_LENGTH) return
  throw new TypeError(
    `call.resourceUpdated: the URI must be a string of 1 to ${MAX_URI_LENGTH} characters`,
  )
}

function checkList(list: unknown): void {
  if (LIST_KINDS.some((known) => known === list)) return
  throw new TypeError(`call.listChanged: the list must be one of ${LIST_KINDS.join(', ')}`)
}
