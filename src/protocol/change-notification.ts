import type { ListKind, Notice } from '../domain/notice.js'
import { toNotification } from './answers.js'
import type { JsonObject } from './message.js'

const LIST_CHANGED: Record<ListKind, string> = {
  tools: 'notifications/tools/list_changed',
  prompts: 'notifications/prompts/list_changed',
  resources: 'notifications/resources/list_changed',
}

/** What every revision tells in the same words; how a task stands is asked for first. */
export type Change = Exclude<Notice, { readonly type: 'task.changed' }>

/** @param meta of the notification, where it has some */
export function toChangeNotification(change: Change, meta?: JsonObject): JsonObject {
  const withMeta = meta && { _meta: meta }
  if (change.type === 'list.changed')
    return toNotification(LIST_CHANGED[change.list], { ...withMeta })
  return toNotification('notifications/resources/updated', { uri: change.uri, ...withMeta })
}
