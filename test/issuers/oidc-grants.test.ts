import { describe, expect, it } from 'vitest'
import type { OidcRules } from '../../src/issuers/issuers.js'
import { ACME, good, refused, useIssuer, verifierOf } from './oidc-setup.js'

const issuer = useIssuer()

describe('what a token grants', () => {
  const rolesOf = async (claims: object, rules: Partial<OidcRules> = {}, endpointId = 'acme') => {
    const token = await issuer().sign({ sub: 'ann', aud: ACME, ...claims })
    return (await verifierOf(issuer(), rules).verify(token, endpointId)).roles
  }
  const rolesClaim = 'realm_access.roles'
  const claimed = (...roles: unknown[]) => ({ realm_access: { roles } })

  it('is what its scopes say, however they are written', async () => {
    expect(await rolesOf({ scope: 'openid mcp:read mcp:publish' })).toEqual(['reader', 'publisher'])
    expect(await rolesOf({ scp: ['mcp:admin'] })).toEqual(['admin'])
    expect(await rolesOf({ scp: 'mcp:call' })).toEqual(['caller'])
  })

  it('is what its roles say as well, here or everywhere', async () => {
    const claims = {
      ...claimed('publisher', 'acme:admin', 'other:admin', 'cook'),
      scope: 'mcp:read',
    }
    expect([...(await rolesOf(claims, { rolesClaim }))].sort()).toEqual([
      'admin',
      'publisher',
      'reader',
    ])
    expect(
      await rolesOf(
        { 'https://x.example/roles': 'caller' },
        { rolesClaim: 'https://x.example/roles' },
      ),
    ).toEqual(['caller'])
  })

  it('is what the values of the claim stand for', async () => {
    const roleMap = [
      { name: 'engineering', value: 'publisher' },
      { name: 'ops', value: 'acme:admin' },
      { name: 'admin', value: 'reader' },
    ]
    const rules = { rolesClaim, roleMap }
    expect(await rolesOf(claimed('engineering'), rules)).toEqual(['publisher'])
    expect(await rolesOf(claimed('ops'), rules)).toEqual(['admin'])
    expect(await rolesOf(claimed('admin'), rules)).toEqual(['reader'])
  })

  it('is the default role only when it says nothing, and nothing without one', async () => {
    const rules = { rolesClaim, defaultRole: 'caller' } as const
    expect(await rolesOf({}, rules)).toEqual(['caller'])
    expect(await rolesOf({ scope: 'openid' }, rules)).toEqual(['caller'])
    expect(await rolesOf({ scope: 'mcp:read' }, rules)).toEqual(['reader'])
    expect(await rolesOf(claimed(), rules)).toEqual([])
    expect(await rolesOf({})).toEqual([])
  })

  it('never makes an operator', async () => {
    const claims = {
      ...claimed('operator', 'acme:operator', '*:operator'),
      scope: 'mcp:operator operator',
    }
    const roleMap = [{ name: 'operator', value: 'operator' }]
    expect(await rolesOf(claims, { rolesClaim })).toEqual([])
    expect(await rolesOf(claims, { rolesClaim, roleMap })).toEqual([])
  })

  it('is nothing where a claim is missing that it must have', async () => {
    const requiredClaims = [
      { name: 'email_verified', value: 'true' },
      { name: 'groups', value: 'staff' },
    ]
    const fits = { email_verified: true, groups: ['staff', 'x'], scope: 'mcp:read' }
    expect(await rolesOf(fits, { requiredClaims })).toEqual(['reader'])
    for (const wrong of [{ email_verified: false }, { groups: ['staffx'] }, { groups: undefined }])
      await expect(rolesOf({ ...fits, ...wrong }, { requiredClaims })).rejects.toMatchObject(
        refused,
      )
  })

  it('is of the user whom another claim names', async () => {
    const token = await issuer().sign({ ...good, email: 'ann@example.com' })
    const caller = await verifierOf(issuer(), { userClaim: 'email' }).verify(token, 'acme')
    expect(caller.userId).toBe('oidc:ann@example.com')
  })

  it('is nothing at an endpoint that a claim does not name', async () => {
    const endpointClaim = 'tenant'
    expect(await rolesOf({ tenant: 'acme', scope: 'mcp:read' }, { endpointClaim })).toEqual([
      'reader',
    ])
    expect(await rolesOf({ tenant: ['x', 'acme'] }, { endpointClaim })).toEqual([])
    for (const tenant of ['other', ['acme2'], undefined, {}])
      await expect(rolesOf({ tenant }, { endpointClaim })).rejects.toMatchObject({
        code: 'FORBIDDEN',
      })
  })
})

describe('an audience that names no endpoint', () => {
  const rules = { audience: 'api://gateway', rolesClaim: 'roles' }
  const at = async (endpointId: string, claims: object, more: Partial<OidcRules> = {}) => {
    const token = await issuer().sign({ sub: 'ann', aud: 'api://gateway', ...claims })
    return (await verifierOf(issuer(), { ...rules, ...more }).verify(token, endpointId)).roles
  }

  it('is good at the gateway’s own endpoint', async () => {
    expect(await at('default', { scope: 'mcp:call' })).toEqual(['caller'])
  })

  it('opens no other one, unless the token names that in another way', async () => {
    const forbidden = { code: 'FORBIDDEN' }
    const scoped = { scope: 'mcp:admin', roles: ['admin'] }
    await expect(at('acme', scoped)).rejects.toMatchObject(forbidden)
    await expect(at('acme', {}, { defaultRole: 'caller' })).rejects.toMatchObject(forbidden)
    expect(await at('acme', { scope: 'mcp:admin', roles: ['acme:reader'] })).toEqual(['reader'])
    expect(
      await at('acme', { tenant: 'acme', scope: 'mcp:call' }, { endpointClaim: 'tenant' }),
    ).toEqual(['caller'])
  })
})
