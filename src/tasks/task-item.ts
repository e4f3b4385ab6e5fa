/** A task as an item of the state store. */
import { z } from 'zod'
import type { CallRecord } from '../domain/call.js'
import { MCP_TYPES } from '../domain/capability.js'
import { type Question, QUESTION_METHODS } from '../domain/question.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Task, TaskError } from './tasks.js'

const object = z.record(z.string(), z.unknown())

/** What its record says of a call, but for how it ended. */
const UnrecordedCall = z.object({
  mcpType: z.enum(MCP_TYPES),
  name: z.string(),
  arguments: z.unknown().optional(),
  bundleSha256: z.string(),
  protocolVersion: z.string(),
  sessionId: z.string().optional(),
  conversationId: z.string().optional(),
  traceId: z.string().optional(),
})

export const TaskItem = z.object({
  userId: z.string(),
  /** The tool that was called. */
  toolName: z.string().optional(),
  status: z.enum(['working', 'completed', 'failed', 'cancelled']),
  /** The function has ended, and from now on nobody can cancel it. */
  isEnding: z.boolean().optional(),
  createdAt: z.number(),
  updatedAt: z.number(),
  ttlMs: z.number(),
  /** Until then an instance vouches for it: milliseconds since 1970. */
  leaseUntil: z.number(),
  questions: z.record(z.string(), z.object({ method: z.enum(QUESTION_METHODS), params: object })),
  /** Those that the function has not yet taken. */
  answers: z.record(z.string(), object),
  error: z
    .object({ code: z.string(), message: z.string(), data: z.unknown().optional() })
    .optional(),
  /** There until the call is recorded. */
  call: UnrecordedCall.optional(),
})

export type TaskItem = Readonly<z.infer<typeof TaskItem>>

/** Which task, and whose. */
export interface TaskRef {
  readonly endpointId: EndpointId
  readonly taskId: string
}

/** An instance holds a task for this long at a time. */
export const LEASE_MS = 30_000

/** Clocks of instances differ. */
const CLOCK_TOLERANCE_MS = 5_000

/** Larger arguments are in the record of a call that ends by itself, not of one that breaks off. */
const MAX_ARGUMENTS_BYTES = 16 * 1024
/** An error has a result's place, and results are not kept here. */
const MAX_MESSAGE_CHARS = 4096
const MAX_DATA_CHARS = 8192

/** @param now from when on the instance vouches for it */
export function newTaskItem(call: CallRecord, ttlMs: number, now: number): TaskItem {
  const { userId, createdAt, mcpType, name, bundleSha256, protocolVersion } = call
  const { sessionId, conversationId, traceId } = call
  const args = JSON.stringify(call.arguments) ?? ''
  const isSmall = Buffer.byteLength(args) <= MAX_ARGUMENTS_BYTES
  return {
    userId,
    toolName: name,
    status: 'working',
    createdAt,
    updatedAt: createdAt,
    ttlMs,
    leaseUntil: now + LEASE_MS,
    questions: {},
    answers: {},
    call: {
      mcpType,
      name,
      arguments: isSmall ? call.arguments : undefined,
      bundleSha256,
      protocolVersion,
      sessionId,
      conversationId,
      traceId,
    },
  }
}

export function hasEnded({ status }: TaskItem): boolean {
  return status !== 'working'
}

/** Nobody vouches any longer for a call that is not recorded. */
export function isAbandoned({ call, leaseUntil }: TaskItem, now: number): boolean {
  return call !== undefined && leaseUntil + CLOCK_TOLERANCE_MS <= now
}

export function toTask({ taskId }: TaskRef, item: TaskItem): Task {
  const { createdAt, updatedAt, ttlMs, questions, error } = item
  const isWaiting = !hasEnded(item) && Object.keys(questions).length > 0
  const status = isWaiting ? 'input_required' : item.status
  return { taskId, status, createdAt, updatedAt, ttlMs, questions, error }
}

export function withQuestion(
  item: TaskItem,
  [key, question]: [string, Question],
  now: number,
): TaskItem {
  if (hasEnded(item)) return item
  const questions = { ...item.questions, [key]: question }
  return { ...item, questions, updatedAt: now, leaseUntil: now + LEASE_MS }
}

/** From now on it can be neither asked, answered nor cancelled, and the lease is as long as this. */
export function toEnding(item: TaskItem, leaseUntil: number): TaskItem {
  return { ...item, isEnding: true, questions: {}, answers: {}, leaseUntil }
}

/**
 * What the record of its call says, the task says too; one that was cancelled stays so.
 *
 * @param data of its error, beside what is recorded
 */
export function toEnded(
  item: TaskItem,
  { status, content, error }: CallRecord,
  { now, data }: { now: number; data?: unknown },
): TaskItem {
  const rest = { ...item, isEnding: undefined, call: undefined, questions: {}, answers: {} }
  if (hasEnded(item)) return rest
  if (status === 'cancelled') return { ...rest, status, updatedAt: now }
  if (content !== undefined) return { ...rest, status: 'completed', updatedAt: now }
  return {
    ...rest,
    status: 'failed',
    updatedAt: now,
    error: error && clipError({ ...error, data }),
  }
}

function clipError({ code, message, data }: TaskError): TaskItem['error'] {
  const isSmall = (JSON.stringify(data) ?? '').length <= MAX_DATA_CHARS
  return { code, message: message.slice(0, MAX_MESSAGE_CHARS), data: isSmall ? data : undefined }
}
