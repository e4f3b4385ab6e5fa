/** What one listener is told of an endpoint's signals: notices alone, each change of a list once. */
import type { ListKind, Notice } from '../domain/notice.js'
import type { EndpointId } from '../domain/tenant.js'
import type { EndpointSignal } from '../events/endpoint-signals.js'
import type { EventId } from '../events/events.js'
import type { Log } from '../telemetry/telemetry.js'
import type { NoticeListener } from './subscriptions.js'

export interface Teller {
  /** @param signal undefined for what only a newer instance understands */
  readonly onSignal: (signal: EndpointSignal | undefined, id: EventId) => void
  readonly onDropped: () => void
}

/**
 * Versions of one list that are remembered. Each instance that watches the catalog may announce a
 * change, a slow one after the next change was announced.
 */
const MAX_VERSIONS = 8

export function createTeller(
  listener: Pick<NoticeListener, 'signal' | 'onNotice' | 'onGap'>,
  { endpointId, log }: { readonly endpointId: EndpointId; readonly log: Log },
): Teller {
  /** Most listeners never hear of a list. */
  let told: Map<ListKind, string[]> | undefined

  const isNews = (notice: Notice) => {
    if (notice.type !== 'list.changed' || notice.version === undefined) return true
    told ??= new Map()
    const versions = told.get(notice.list) ?? []
    if (versions.includes(notice.version)) return false
    told.set(notice.list, [...versions, notice.version].slice(-MAX_VERSIONS))
    return true
  }

  const safely = (tell: () => void) => {
    try {
      if (!listener.signal.aborted) tell()
    } catch (err) {
      log.error({ err, endpointId }, 'a listener of notices failed')
    }
  }

  return {
    onSignal: (signal, id) => {
      if (isNotice(signal) && isNews(signal)) safely(() => listener.onNotice(signal, id))
    },
    onDropped: () => safely(() => listener.onGap()),
  }
}

const NOTICE_TYPES: ReadonlySet<string> = new Set<Notice['type']>([
  'list.changed',
  'resource.updated',
  'task.changed',
])

function isNotice(signal: EndpointSignal | undefined): signal is EndpointSignal & Notice {
  return signal !== undefined && NOTICE_TYPES.has(signal.type)
}
