import { commonMethods, handshakeMethods } from './params.js'
import { legacyResult, type Revision } from './revision.js'

export const revision20250326: Revision = {
  version: '2025-03-26',
  era: 'legacy',
  methods: { ...handshakeMethods, ...commonMethods },
  toResult: legacyResult,
}
