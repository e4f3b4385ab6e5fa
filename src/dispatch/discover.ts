import { MODERN_VERSIONS } from '../protocol/protocol.js'
import { CAPABILITIES } from './capabilities.js'
import type { Handler } from './handler.js'

export const discover: Handler<'server/discover'> = () => ({
  supportedVersions: MODERN_VERSIONS,
  capabilities: CAPABILITIES,
})
