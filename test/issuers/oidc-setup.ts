import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createResources } from '../../src/auth/resources.js'
import { createOidcTokens, type OidcRules } from '../../src/issuers/issuers.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestIssuer, type TestIssuer } from '../support/test-issuer.js'

export const HOME = 'https://tools.example.com'
export const ACME = `${HOME}/acme/mcp`
export const START = Date.UTC(2026, 10, 21)
export const MINUTE_MS = 60_000

/** The time of each test, and what its tokens are signed and read by. */
export const time = { now: START }
export const clock = { now: () => time.now }

export const good = { sub: 'ann', aud: ACME, scope: 'mcp:read mcp:call' }
export const refused = { code: 'UNAUTHENTICATED' }
export const away = { code: 'ACCOUNTS_UNAVAILABLE' }

/** One issuer for the tests of a file, well again before each. */
export function useIssuer(): () => TestIssuer {
  let issuer: TestIssuer
  beforeAll(async () => {
    issuer = await startTestIssuer({ now: clock.now })
  })
  afterAll(() => issuer.stop())
  beforeEach(() => {
    time.now = START
    issuer.trouble = undefined
    issuer.published = undefined
    issuer.lies = {}
    issuer.asked.length = 0
  })
  return () => issuer
}

/** A verifier that has asked for nothing yet. */
export function verifierOf({ issuer }: Pick<TestIssuer, 'issuer'>, rules: Partial<OidcRules> = {}) {
  const resources = createResources({ publicUrl: HOME, authorizationServers: [] })
  return createOidcTokens(
    {
      issuer,
      requiredClaims: [],
      roleMap: [],
      userClaim: 'sub',
      ownEndpointId: 'default',
      ...rules,
    },
    { resources, clock, log: silentLog },
  )
}
