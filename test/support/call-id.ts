/** Every answer of a function names its call, another one each time: taken off, to be compared. */
import { CALL_ID_META } from '../../src/domain/call.js'
import { isJsonObject, type JsonObject } from '../../src/domain/json.js'

export interface AnswerOfCall {
  /** As its function gave it. */
  readonly result: JsonObject
  readonly callId: unknown
}

export function takeCallId(answer: JsonObject): AnswerOfCall {
  const { _meta: meta, ...result } = answer
  if (!isJsonObject(meta)) return { result: answer, callId: undefined }
  const { [CALL_ID_META]: callId, ...rest } = meta
  return { result: Object.keys(rest).length > 0 ? { ...result, _meta: rest } : result, callId }
}
