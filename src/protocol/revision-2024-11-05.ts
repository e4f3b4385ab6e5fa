import { commonMethods, handshakeMethods } from './params.js'
import { legacyResult, type Revision } from './revision.js'

export const revision20241105: Revision = {
  version: '2024-11-05',
  era: 'legacy',
  methods: { ...handshakeMethods, ...commonMethods },
  toResult: legacyResult,
}
