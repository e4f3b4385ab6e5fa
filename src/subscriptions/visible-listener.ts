/** A listener who hears only of what he sees. */
import type { NoticeListener } from './subscriptions.js'
import { createVisibleNews, type Look } from './visible-news.js'

export interface VisibleListener {
  readonly listener: NoticeListener
  /** It has been looked what the lists are: what he sees of them now is what he knows. */
  readonly begin: () => void
}

export function createVisibleListener(asked: NoticeListener, look: Look): VisibleListener {
  const news = createVisibleNews(look)
  const isBack = asked.after !== undefined
  // Until the lists have been looked at nothing is promised, but to one who comes back.
  let isPromised = isBack
  return {
    begin: () => {
      isPromised = true
      // Of one who comes back nobody knows what he has seen.
      if (!isBack) news.begin()
    },
    listener: {
      ...asked,
      onNotice: (notice, id) => {
        const isNews = news.isNews(notice)
        if (isNews) asked.onNotice(notice, id)
        else if (isNews === undefined && isPromised) asked.onGap()
      },
      onGap: () => asked.onGap(),
    },
  }
}
