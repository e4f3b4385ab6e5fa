/** Something of an endpoint has changed, and clients may want to hear of it. */
import { CALL_URI_PREFIX } from './call.js'

/** The lists of an endpoint, as clients tell them apart; templates belong to the resources. */
export const LIST_KINDS = ['tools', 'prompts', 'resources'] as const

export type ListKind = (typeof LIST_KINDS)[number]

export type Notice =
  | {
      readonly type: 'list.changed'
      readonly list: ListKind
      /** Of the catalog's snapshot that has the change; absent when a function has said it. */
      readonly version?: string | undefined
    }
  | {
      readonly type: 'resource.updated'
      readonly uri: string
      /** Whose resource it is, when it is not everybody's. */
      readonly userId?: string | undefined
    }
  | { readonly type: 'task.changed'; readonly taskId: string; readonly userId: string }

/** Whether this user may hear of it; a call is its own user's. */
export function mayHear(userId: string, notice: Notice): boolean {
  if (notice.type === 'list.changed') return true
  const isOwned = notice.type === 'task.changed' || notice.uri.startsWith(CALL_URI_PREFIX)
  return notice.userId === userId || (!isOwned && notice.userId === undefined)
}
