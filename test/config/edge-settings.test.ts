import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/config.js'
import { isLoopback } from '../../src/config/edge-settings.js'

const tls = { TLS_CERT_FILE: 'tls.crt', TLS_KEY_FILE: 'tls.key' }
const IN_THE_CLEAR = 'is no loopback address, and tokens would travel in the clear'

describe('HOST', () => {
  it.each(['0.0.0.0', '::', '192.168.1.5', 'gateway.lan', '127.0.0.1.evil.example'])(
    '%s is refused without TLS, of its own or of a proxy',
    (HOST) => {
      expect(() => readConfig({ HOST })).toThrow(`HOST ${HOST} ${IN_THE_CLEAR}`)
      expect(readConfig({ HOST, ...tls }).HOST).toBe(HOST)
      expect(readConfig({ HOST, TRUST_PROXY: '10.0.0.0/8' }).HOST).toBe(HOST)
    },
  )

  it('of loopback needs none, and stdio listens nowhere', () => {
    for (const HOST of ['127.0.0.1', '127.1.2.3', '::1', 'localhost'])
      expect(isLoopback(readConfig({ HOST }).HOST)).toBe(true)
    expect(readConfig({ HOST: '0.0.0.0', MCP_TRANSPORT: 'stdio' }).HOST).toBe('0.0.0.0')
  })
})

describe('TRUST_PROXY', () => {
  it('is nobody, a list of addresses and networks, or a number of proxies', () => {
    expect(readConfig({})).not.toHaveProperty('TRUST_PROXY')
    expect(readConfig({ TRUST_PROXY: '10.0.0.0/8, ::1,192.0.2.7' }).TRUST_PROXY).toEqual([
      '10.0.0.0/8',
      '::1',
      '192.0.2.7',
    ])
    expect(readConfig({ TRUST_PROXY: '2' }).TRUST_PROXY).toBe(2)
  })

  it.each(['0', '17', 'true', '*', 'proxy.lan', '10.0.0.0/33', '10.0.0.0/8,', '1,2'])(
    'refuses %s',
    (TRUST_PROXY) => {
      expect(() => readConfig({ TRUST_PROXY })).toThrow('TRUST_PROXY must be a list of addresses')
    },
  )
})

it('a certificate needs its key, and a key its certificate', () => {
  const { TLS_CERT_FILE, TLS_KEY_FILE } = tls
  expect(() => readConfig({ TLS_CERT_FILE })).toThrow('TLS_KEY_FILE is needed with TLS_CERT_FILE')
  expect(() => readConfig({ TLS_KEY_FILE })).toThrow('TLS_CERT_FILE is needed with TLS_KEY_FILE')
})

it('names that it may be called by are hosts, with a port or without', () => {
  expect(readConfig({ ALLOWED_HOSTS: 'a.lan, b.lan:81' }).ALLOWED_HOSTS).toEqual([
    'a.lan',
    'b.lan:81',
  ])
  expect(() => readConfig({ ALLOWED_HOSTS: 'http://a.lan' })).toThrow(
    'ALLOWED_HOSTS must be a list',
  )
})

it('limits are on by default, and 0 switches one off', () => {
  expect(readConfig({})).toMatchObject({
    RATE_USER_PER_MINUTE: 6000,
    RATE_KEY_PER_MINUTE: 6000,
    RATE_ENDPOINT_PER_MINUTE: 60_000,
    RATE_FAILURES_PER_MINUTE: 300,
    MAX_CALLS_PER_USER: 512,
  })
  expect(readConfig({ RATE_USER_PER_MINUTE: '0' }).RATE_USER_PER_MINUTE).toBe(0)
  expect(() => readConfig({ MAX_CALLS_PER_USER: '-1', MAX_CONNECTIONS: '0' })).toThrow(
    /MAX_CONNECTIONS must be .*\n.*MAX_CALLS_PER_USER must be a whole number from 0/,
  )
})
