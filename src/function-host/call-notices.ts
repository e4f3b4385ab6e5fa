/** What a function says to more than its caller: what has changed, and that it goes on unheard. */
import { LIST_KINDS, type ListKind } from '../domain/notice.js'

export interface CallNotices {
  /** What this URI reads as has changed: clients that have subscribed to it are told. */
  resourceUpdated(uri: string): void
  /** A list of the endpoint has changed: clients that listen for it are told. */
  listChanged(list: ListKind): void
  /**
   * Asks for the client's connection to be closed while the function goes on; the client comes back
   * for the rest. No effect where it could not.
   */
  closeStream(): void
}

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
