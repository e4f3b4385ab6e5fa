import { commonMethods, handshakeMethods } from './params.js'
import { legacyResult, type Revision } from './revision.js'

export const revision20250618: Revision = {
  version: '2025-06-18',
  era: 'legacy',
  methods: { ...handshakeMethods, ...commonMethods },
  toResult: legacyResult,
}
