/** What a modern request says of itself in `params._meta`. */
import { z } from 'zod'
import { GatewayError } from '../domain/errors.js'
import { isJsonObject, type JsonObject } from '../domain/json.js'
import { LOG_LEVELS, type LogLevel } from '../domain/log-level.js'
import { metaOf } from './revisions.js'

const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion'
const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities'
const CLIENT_KEY = 'io.modelcontextprotocol/clientInfo'
const LOG_LEVEL_KEY = 'io.modelcontextprotocol/logLevel'

/** Whether a request names a revision in its body, which makes it stand alone. */
export type Claim =
  | { readonly kind: 'none' }
  | { readonly kind: 'claimed'; readonly version: unknown }

export function readClaim(params: JsonObject): Claim {
  const meta = metaOf(params)
  if (!Object.hasOwn(meta, VERSION_KEY)) return { kind: 'none' }
  return { kind: 'claimed', version: meta[VERSION_KEY] }
}

export interface Envelope {
  readonly version: string
  readonly clientCapabilities: JsonObject
  readonly logLevel?: LogLevel | undefined
}

const text = z.string('must be a string')

const Envelope = z.looseObject({
  [VERSION_KEY]: text,
  [CAPABILITIES_KEY]: z.custom<JsonObject>(isJsonObject, 'must be an object'),
  [CLIENT_KEY]: z.looseObject({ name: text, version: text }, 'must be an object').optional(),
  [LOG_LEVEL_KEY]: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).optional(),
})

/** @throws GatewayError `ENVELOPE_INVALID`, naming every member that is missing or wrong */
export function readEnvelope(params: JsonObject): Envelope {
  const read = Envelope.safeParse(metaOf(params))
  if (!read.success) {
    const problems = read.error.issues.map(
      (issue) => `_meta["${issue.path.join('.')}"]: ${issue.message}`,
    )
    throw new GatewayError('ENVELOPE_INVALID', problems.join('; '))
  }
  return {
    version: read.data[VERSION_KEY],
    clientCapabilities: read.data[CAPABILITIES_KEY],
    logLevel: read.data[LOG_LEVEL_KEY],
  }
}
