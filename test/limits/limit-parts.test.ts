import { expect, it } from 'vitest'
import { readConfig } from '../../src/config/config.js'
import { systemClock } from '../../src/domain/clock.js'
import { openLimits } from '../../src/limit-parts.js'
import { silentLog } from '../../src/telemetry/telemetry.js'

const open = (env: Record<string, string>) =>
  openLimits(readConfig(env), { clock: systemClock, log: silentLog })
const ann = { endpointId: 'acme', userId: 'ann', roles: ['caller'] } as const

it('stdio has one client and no limit', () => {
  expect(open({ MCP_TRANSPORT: 'stdio', RATE_USER_PER_MINUTE: '1' })).toBeUndefined()
})

it('over HTTP each setting is the limit that it names, and 0 is none', async () => {
  const one = { requests: 1, bytes: 1000 }
  const limitedBy = async (env: Record<string, string>) => {
    const { limits } = open(env) ?? {}
    await limits?.admit(ann, one)
    return (await limits?.admit(ann, one))?.refusal?.data?.['limit']
  }
  expect(await limitedBy({ RATE_USER_PER_MINUTE: '1' })).toBe('user')
  expect(await limitedBy({ RATE_USER_BYTES_PER_MINUTE: '1999' })).toBe('userBytes')
  expect(await limitedBy({ RATE_ENDPOINT_PER_MINUTE: '1' })).toBe('endpoint')
  expect(await limitedBy({ RATE_ENDPOINT_BYTES_PER_MINUTE: '1999' })).toBe('bytes')
  expect(await limitedBy({ RATE_USER_PER_MINUTE: '0', RATE_ENDPOINT_PER_MINUTE: '0' })).toBe(
    undefined,
  )
})
