/** Where both differ about subscriptions, and about the extension that the SDK does not serve. */
import { CAPABILITIES_KEY, type Draft, metaOf } from './draft.js'
import type { Outcome } from './outcome.js'
import { type Difference, is } from './seen.js'

export const TASKS = 'io.modelcontextprotocol/tasks'

const METHODS = new Set<unknown>(['tasks/get', 'tasks/update', 'tasks/cancel'])

const declaresTasks = (draft: Draft) =>
  JSON.stringify(metaOf(draft)[CAPABILITIES_KEY])?.includes(TASKS) ?? false

/** What the SDK says of a method that it does not have, or of a message before it looks for one. */
const isUnknown = ({ status, code }: Outcome) =>
  (status === 404 && code === -32601) || (status === 400 && code === -32600)

const isOpened = ({ status, members }: Outcome) =>
  status === 200 && members[0] === 'notifications/subscriptions/acknowledged'

export const EXTENSION_DIFFERENCES: readonly Difference[] = [
  {
    what: 'a resource that is not there is not listened to',
    decidedBy:
      'The acknowledgement names the subset that the server has agreed to honour (2026-07-28, Subscriptions, Acknowledgement).',
    covers: ({ draft, ours, theirs }) =>
      draft.message['method'] === 'subscriptions/listen' &&
      JSON.stringify(draft.message).includes('twin://missing') &&
      isOpened(ours) &&
      isOpened(theirs) &&
      theirs.members.filter((member) => !ours.members.includes(member)).every(isOfResources),
  },
  {
    what: 'a resource that is not there is not subscribed to',
    decidedBy: 'A resource that is not there is -32002 (2025-11-25, Resources, Error handling).',
    covers: ({ draft, ours, theirs }) =>
      draft.era === 'legacy' &&
      draft.message['method'] === 'resources/subscribe' &&
      is(ours, [200, -32002, 'sent']) &&
      is(theirs, [200, undefined, 'sent']),
  },
  {
    what: 'a client without the tasks extension is told what its request needs',
    decidedBy:
      'A request that needs a capability which it does not declare is answered with 400 and -32021 (2026-07-28, base protocol, Capabilities; tasks extension, Negotiation).',
    covers: ({ draft, ours, theirs }) =>
      METHODS.has(draft.message['method'] ?? draft.method) &&
      !declaresTasks(draft) &&
      ours.status === 400 &&
      ours.code === -32021 &&
      isUnknown(theirs),
  },
  {
    what: 'a client without the tasks extension cannot listen to tasks',
    decidedBy:
      'A client that asks subscriptions/listen for tasks and has not declared the extension is answered with the missing capability (tasks extension, Task status notifications; Error handling).',
    covers: ({ draft, ours, theirs }) =>
      draft.message['method'] === 'subscriptions/listen' &&
      JSON.stringify(draft.message).includes('"taskIds"') &&
      !declaresTasks(draft) &&
      is(ours, [400, -32021, 'sent']) &&
      isOpened(theirs),
  },
  {
    what: 'the tasks extension is served',
    decidedBy:
      'tasks/get with an id that nobody knows is -32602 (tasks extension, Error handling); the SDK’s handler has no such methods.',
    covers: ({ draft, ours, theirs }) =>
      METHODS.has(draft.message['method']) &&
      declaresTasks(draft) &&
      is(ours, [200, -32602, 'sent']) &&
      isUnknown(theirs),
  },
]

function isOfResources(member: string): boolean {
  return member.includes('.notifications.resourceSubscriptions')
}
