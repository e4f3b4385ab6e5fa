import { commonMethods, handshakeMethods } from './params.js'
import { legacyResult, type Revision } from './revision.js'

export const revision20251125: Revision = {
  version: '2025-11-25',
  era: 'legacy',
  methods: { ...handshakeMethods, ...commonMethods },
  toResult: legacyResult,
}
