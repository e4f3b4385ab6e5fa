/** What one `subscriptions/listen` is told: as much of what it asked for as its client may hear. */
import type { Snapshot } from '../catalog/catalog.js'
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import { LIST_KINDS, type ListKind, mayHear, type Notice } from '../domain/notice.js'
import type { ListenFilter, RequestOf } from '../protocol/protocol.js'
import type { DetailTask } from './detailed-task.js'
import type { Visible } from './handler.js'
import { isSubscribable } from './subscribable.js'
import { demandTasks } from './tasks-extension.js'

export interface Interest {
  readonly lists: readonly ListKind[]
  readonly uris: ReadonlySet<string>
  readonly taskIds: ReadonlySet<string>
}

export interface InterestParts {
  readonly visible: Visible
  readonly detailTask: DetailTask
}

/** Of all URIs and task ids of one subscription, in UTF-8. */
const MAX_FILTER_BYTES = 64 * 1024

/** Tasks that are looked up at a time. */
const MAX_LOOKUPS = 16

const FLAGS: Record<ListKind, keyof ListenFilter> = {
  tools: 'toolsListChanged',
  prompts: 'promptsListChanged',
  resources: 'resourcesListChanged',
}

/**
 * Leaves out what the endpoint does not have, and tasks that are another's, without saying which.
 *
 * @throws GatewayError `INVALID_PARAMS` when the filter is too long, `MISSING_CAPABILITY` for tasks
 * of a client that has not declared them
 */
export async function readInterest(
  { visible, detailTask }: InterestParts,
  caller: Caller,
  request: RequestOf<'subscriptions/listen'>,
): Promise<Interest> {
  const { notifications: filter } = request.params
  const { resourceSubscriptions = [], taskIds = [] } = filter
  refuseTooLong([...resourceSubscriptions, ...taskIds])
  if (taskIds.length > 0) demandTasks(request)
  return {
    lists: LIST_KINDS.filter((list) => filter[FLAGS[list]] === true),
    uris: await readUris(() => visible(caller), resourceSubscriptions),
    taskIds: await readTaskIds((taskId) => detailTask(caller, taskId), taskIds),
  }
}

export function isNothing({ lists, uris, taskIds }: Interest): boolean {
  return lists.length === 0 && uris.size === 0 && taskIds.size === 0
}

/** In the terms of the request; what is not honoured is absent. */
export function toFilter({ lists, uris, taskIds }: Interest): ListenFilter {
  return {
    ...Object.fromEntries(lists.map((list) => [FLAGS[list], true])),
    ...(uris.size > 0 && { resourceSubscriptions: [...uris] }),
    ...(taskIds.size > 0 && { taskIds: [...taskIds] }),
  }
}

export function isWanted({ lists, uris, taskIds }: Interest, userId: string, notice: Notice) {
  if (!mayHear(userId, notice)) return false
  if (notice.type === 'list.changed') return lists.includes(notice.list)
  return notice.type === 'task.changed' ? taskIds.has(notice.taskId) : uris.has(notice.uri)
}

/** One notice of everything: told when it is not known what has changed. */
export function toNotices({ lists, uris, taskIds }: Interest, userId: string): Notice[] {
  return [
    ...lists.map((list) => ({ type: 'list.changed' as const, list })),
    ...[...uris].map((uri) => ({ type: 'resource.updated' as const, uri, userId })),
    ...[...taskIds].map((taskId) => ({ type: 'task.changed' as const, taskId, userId })),
  ]
}

function refuseTooLong(texts: readonly string[]): void {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  if (bytes > MAX_FILTER_BYTES)
    throw new GatewayError(
      'INVALID_PARAMS',
      `params.notifications: its URIs and task ids may have ${MAX_FILTER_BYTES} bytes in all`,
    )
}

async function readUris(
  snapshot: () => Promise<Snapshot>,
  uris: readonly string[],
): Promise<ReadonlySet<string>> {
  if (uris.length === 0) return new Set()
  const current = await snapshot()
  return new Set(uris.filter((uri) => isSubscribable(current, uri)))
}

async function readTaskIds(
  detail: (taskId: string) => Promise<unknown>,
  taskIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const asked = [...new Set(taskIds)]
  const found = new Set<string>()
  for (let start = 0; start < asked.length; start += MAX_LOOKUPS) {
    const group = asked.slice(start, start + MAX_LOOKUPS)
    const isThere = await Promise.all(group.map((taskId) => isTask(() => detail(taskId))))
    for (const [at, taskId] of group.entries()) if (isThere[at] === true) found.add(taskId)
  }
  return found
}

async function isTask(detail: () => Promise<unknown>): Promise<boolean> {
  try {
    await detail()
    return true
  } catch (error) {
    if (isTaskNotFound(error)) return false
    throw error
  }
}

export function isTaskNotFound(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'TASK_NOT_FOUND'
}
