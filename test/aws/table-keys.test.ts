import { describe, expect, it } from 'vitest'
import {
  bundleDefinitionsKey,
  bundleZipKey,
  callContentKey,
  callIndexKeys,
  callKey,
  functionUuid,
} from '../../src/aws/table-keys.js'

const call = { endpointId: 'acme', mcpType: 'tool', name: 'lookup', userId: 'ann' } as const

describe('a key', () => {
  it('of a call is its tenant and its id, with the shard at the end of the tenant', () => {
    expect(callKey('acme', 'id')).toEqual({ endpoint_id: 'acme', mcp_function_call_uuid: 'id' })
    expect(callKey('acme', 'id', '0f').endpoint_id).toBe('acme#0f')
  })

  it('of an index ends in the same shard; only failures are in theirs', () => {
    expect(callIndexKeys({ ...call, status: 'completed' })).toEqual({
      function_key: 'acme#tool#lookup',
      user_key: 'acme#ann',
    })
    expect(callIndexKeys({ ...call, status: 'timed_out' }, '0f')).toEqual({
      function_key: 'acme#tool#lookup#0f',
      user_key: 'acme#ann#0f',
      failure_key: 'acme#0f',
    })
  })

  it('of an index stays within the 2,048 bytes of DynamoDB, and differs for different names', () => {
    const long = (end: string) =>
      callIndexKeys({ ...call, name: 'ö'.repeat(5000) + end, status: 'completed' })['function_key']
    expect(Buffer.byteLength(long('a') ?? '')).toBeLessThan(2048)
    expect(long('a')).not.toBe(long('b'))
  })

  it('of an object stays in its tenant folder, whatever a package is called', () => {
    const ref = { endpointId: 'acme', packageName: 'weather', sha256: 'ab12' }
    expect(bundleZipKey(ref)).toBe('bundles/acme/weather/ab12.zip')
    expect(bundleDefinitionsKey(ref)).toBe('bundles/acme/weather/ab12.json')
    expect(bundleZipKey({ ...ref, packageName: '../other/x' })).toBe(
      'bundles/acme/..%2Fother%2Fx/ab12.zip',
    )
    expect(bundleZipKey({ ...ref, packageName: '..' })).toBe('bundles/acme/%2E%2E/ab12.zip')
    expect(callContentKey('acme', 'id')).toBe('mcp_content/acme/id.json')
  })

  it('of a function is the same for ever, and another per tenant, type and name', () => {
    expect(functionUuid('acme', 'tool', 'lookup')).toBe('70b988fe-7025-5648-9b3c-c901c19a4140')
    const others = [
      functionUuid('acme', 'tool', 'lookup'),
      functionUuid('acme', 'prompt', 'lookup'),
      functionUuid('acme', 'tool', 'find'),
      functionUuid('other', 'tool', 'lookup'),
    ]
    expect(new Set(others).size).toBe(4)
  })
})
