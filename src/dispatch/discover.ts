import { MODERN_VERSIONS } from '../protocol/protocol.js'
import { MODERN_CAPABILITIES } from './capabilities.js'
import type { Handler } from './handler.js'

export const discover: Handler<'server/discover'> = () => ({
  supportedVersions: MODERN_VERSIONS,
  capabilities: MODERN_CAPABILITIES,
})
