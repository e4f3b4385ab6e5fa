/** What is recorded of a call. */
import { redact } from '../calls/calls.js'
import type { CallRecord } from '../domain/call.js'
import type { TraceContext } from '../protocol/protocol.js'
import type { Ending, Run, StartedCall } from './execute.js'

/** Of a call that runs. */
export function toBegunRecord(run: Run, call: StartedCall, now: number): CallRecord {
  return { ...toRecord(run, call, { now }), deadline: call.deadline }
}

/** @param ending absent while it runs */
export function toRecord(
  { caller, request, fn, input }: Run,
  { callId, createdAt, turn }: StartedCall,
  { ending, now }: { ending?: Ending; now: number },
): CallRecord {
  return {
    endpointId: caller.endpointId,
    callId,
    userId: caller.userId,
    mcpType: fn.mcpType,
    name: fn.uri ?? fn.name,
    arguments: withoutSecrets(fn, input),
    content: ending?.content ?? ending?.result,
    status: ending?.status ?? 'in_process',
    error: ending?.error,
    timeSpentMs: now - createdAt,
    bundleSha256: turn.target.bundle.sha256,
    conversationId: ending?.conversationId ?? turn.conversation?.id,
    protocolVersion: request.version,
    sessionId: request.session?.id,
    traceId: readTraceId(request.trace),
    createdAt,
    updatedAt: now,
  }
}

function withoutSecrets({ redact: pointers = [] }: Run['fn'], input: unknown): unknown {
  return redact(input, pointers)
}

/** W3C Trace Context: version, trace, parent, flags; later versions may add to them. */
const TRACEPARENT =
  /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(-.*)?$/

/** @returns undefined for whatever is no valid `traceparent` */
function readTraceId(trace: TraceContext | undefined): string | undefined {
  const { traceparent = '' } = trace ?? {}
  const [, traceId, more] = TRACEPARENT.exec(traceparent) ?? []
  const isOfVersion0 = traceparent.startsWith('00')
  return isOfVersion0 && more !== undefined ? undefined : traceId
}
