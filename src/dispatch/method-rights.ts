/** The right that each method needs, asked for before its handler: a new one does not compile without. */
import type { Right } from '../access/access.js'
import type { McpMethod } from '../protocol/protocol.js'

/** `none`: for whoever is authenticated. */
export const RIGHT_OF: Readonly<Record<McpMethod, Right | 'none'>> = {
  initialize: 'none',
  ping: 'none',
  'server/discover': 'none',
  'logging/setLevel': 'none',
  'tools/list': 'read',
  'tools/call': 'call',
  'resources/list': 'read',
  'resources/templates/list': 'read',
  'resources/read': 'read',
  'prompts/list': 'read',
  'prompts/get': 'read',
  'completion/complete': 'read',
  'resources/subscribe': 'read',
  'resources/unsubscribe': 'read',
  'subscriptions/listen': 'read',
  'tasks/get': 'read',
  'tasks/update': 'call',
  'tasks/cancel': 'call',
}
