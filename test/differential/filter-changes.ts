/** Ways to write differently, or wrongly, what a client wants to hear of, and what of tasks. */
import { isRecord } from '../support/raw-client.js'
import { strangeValue } from '../support/seeded.js'
import { CAPABILITIES_KEY, metaOf, paramsOf } from './draft.js'
import { TASKS } from './extension-differences.js'
import type { Change } from './header-changes.js'

const setFilter =
  (name: string, ...values: readonly unknown[]): Change =>
  (draft, random) => {
    const { notifications } = paramsOf(draft)
    if (isRecord(notifications)) notifications[name] = random.pick(values)
  }

export const FILTERS: Readonly<Record<string, Change>> = {
  'no filter': (draft) => {
    delete paramsOf(draft)['notifications']
  },
  'a filter of no object': (draft, random) => {
    paramsOf(draft)['notifications'] = random.pick([null, 7, 'toolsListChanged', true, []])
  },
  'a wish of no boolean': setFilter('promptsListChanged', 'true', 1, null, {}),
  'resources of no list': setFilter('resourceSubscriptions', 'twin://note', null, {}, true),
  'resources of no text': setFilter('resourceSubscriptions', [7], [null], ['twin://note', {}]),
  'no resources': setFilter('resourceSubscriptions', []),
  'a resource twice': setFilter('resourceSubscriptions', ['twin://note', 'twin://note']),
  'unknown wishes': (draft, random) => setFilter('x-wish', strangeValue(random, 3))(draft, random),
  'tasks of nobody': setFilter('taskIds', ['nobody-s'], []),
}

export const TASK_CHANGES: Readonly<Record<string, Change>> = {
  'the tasks extension declared': (draft) => {
    metaOf(draft)[CAPABILITIES_KEY] = { extensions: { [TASKS]: {} } }
  },
  'the tasks extension declared as a capability': (draft) => {
    metaOf(draft)[CAPABILITIES_KEY] = { tasks: {} }
  },
}
