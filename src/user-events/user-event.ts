/** What a user's clients are told: one shape for each type of event. */
import { z } from 'zod'
import { CALL_STATUSES } from '../domain/call.js'
import { MCP_TYPES } from '../domain/capability.js'
import { type Clock, toIso } from '../domain/clock.js'
import { LIST_KINDS } from '../domain/notice.js'

const time = z.iso.datetime().describe('when it happened, in UTC')

const call = {
  time,
  callId: z.string().describe('the call, as in the history and in mcp://function-call/{callId}'),
  function: z.object({ type: z.enum(MCP_TYPES), name: z.string() }),
}

const ended = {
  ...call,
  status: z.enum(CALL_STATUSES),
  durationMs: z.number(),
  result: z.record(z.string(), z.unknown()).optional().describe('what was answered, while small'),
  resultUri: z.string().optional().describe('where a larger result is read with resources/read'),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
}

export const UserEvent = z.discriminatedUnion('type', [
  z
    .object({ type: z.literal('call.started'), ...call })
    .describe('a call goes on for so long that it is recorded before its end'),
  z
    .object({
      type: z.literal('call.progress'),
      ...call,
      progress: z.number(),
      total: z.number().optional(),
      message: z.string().optional(),
    })
    .describe('of a call that was said to have started; at most one a second'),
  z.object({ type: z.literal('call.completed'), ...ended }),
  z
    .object({ type: z.literal('call.input_required'), ...ended })
    .describe('a round ended with questions to the client'),
  z.object({ type: z.literal('call.failed'), ...ended }).describe('also when its time was over'),
  z.object({ type: z.literal('call.cancelled'), ...ended }),
  z.object({ type: z.literal('catalog.changed'), time, list: z.enum(LIST_KINDS) }),
  z.object({ type: z.literal('resource.updated'), time, uri: z.string() }),
  z
    .object({ type: z.literal('gap'), time, message: z.string() })
    .describe('events before the next one are lost'),
  z
    .object({ type: z.literal('server.closing'), time, message: z.string() })
    .describe('the stream ends: connect again with the last id'),
])

export type UserEvent = z.infer<typeof UserEvent>

export type UserEventType = UserEvent['type']

export const USER_EVENT_TYPES: readonly UserEventType[] = UserEvent.options.map(
  ({ shape }) => shape.type.value,
)

const GAP = 'events before the next one are lost: look at the history of calls, and at the lists'

/** Told in place of what is lost. */
export function toGap(clock: Clock): Extract<UserEvent, { type: 'gap' }> {
  return { type: 'gap', time: toIso(clock.now()), message: GAP }
}

/**
 * What `data` of an event of the stream holds, and whatever later versions add: a client that knows
 * only this is to take it. `user-event.schema.json` is a copy of it.
 */
export function userEventJsonSchema(): object {
  return z.toJSONSchema(UserEvent, { io: 'input' })
}
