/** Which notices are news to somebody who sees only some of an endpoint's functions. */
import type { Snapshot } from '../catalog/catalog.js'
import { LIST_KINDS, type ListKind, type Notice } from '../domain/notice.js'
import { toShown } from './lists-seen.js'

/** What he sees of the endpoint, as it is known without waiting; undefined while it is not. */
export type Look = () => Snapshot | undefined

export interface VisibleNews {
  /** He knows what he sees now, of the lists of which he has heard nothing yet. */
  begin(): void
  /** Undefined when that cannot be known: it may have been anything. */
  isNews(notice: Notice): boolean | undefined
}

export function createVisibleNews(look: Look): VisibleNews {
  /** What each list has shown him; undefined where that is not known any longer. */
  const known = new Map<ListKind, string | undefined>()

  const isListNews = (list: ListKind, version: string) => {
    const view = look()
    // Seen by another instance before this one: rather too often than never.
    if (view?.version !== version) {
      known.set(list, undefined)
      return true
    }
    const before = known.get(list)
    const now = toShown(view)[list]
    known.set(list, now)
    return before !== now
  }
  const isSeen = (uri: string) => {
    const view = look()
    return view && !view.hides(uri)
  }
  return {
    begin: () => {
      const view = look()
      if (view === undefined) return
      const shown = toShown(view)
      for (const list of LIST_KINDS) if (!known.has(list)) known.set(list, shown[list])
    },
    isNews: (notice) => {
      if (notice.type === 'resource.updated') return isSeen(notice.uri)
      // What a function says of a list is for all, and a task is its owner's.
      if (notice.type === 'task.changed' || notice.version === undefined) return true
      return isListNews(notice.list, notice.version)
    },
  }
}
