import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { deleteObject, getObject, putObject } from '../../src/aws/objects.js'
import { bundleDefinitionsKey } from '../../src/aws/table-keys.js'
import type { BundleVersion } from '../../src/catalog/catalog.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import {
  activateAll,
  clock,
  endpointId,
  openCatalog,
  test,
  version,
  useOwnEndpoint,
} from './own-endpoint.js'

useOwnEndpoint()

/** What the one tool of an endpoint is. */
async function served(catalog = openCatalog()) {
  const [tool] = (await catalog.snapshot(endpointId)).list('tool')
  return tool?.name
}

describe('definitions that somebody replaced in the store', () => {
  const evil = (one: BundleVersion) => {
    const text = JSON.stringify(one.definitions).replaceAll('does one', 'does evil')
    return Buffer.from(text)
  }
  const sha256Of = (body: Buffer) => createHash('sha256').update(body).digest('hex')

  function logged() {
    const errors: [object, string][] = []
    const error = (fields: object, message: string) => void errors.push([fields, message])
    return { errors, log: { ...silentLog, error } }
  }

  it('are refused, and named in the log', async () => {
    const one = version(['one'])
    await activateAll(one)
    await putObject(test.aws, bundleDefinitionsKey(one.ref), evil(one))
    const { errors, log } = logged()
    await expect(openCatalog({ log }).snapshot(endpointId)).rejects.toMatchObject({
      code: 'BUNDLE_UNAVAILABLE',
      message: expect.stringContaining('other definitions than were registered'),
    })
    expect(errors).toEqual([
      [one.ref, expect.stringContaining(`of SHA-256 ${sha256Of(evil(one))}`)],
    ])
  })

  it('are refused for a version that is promoted: the active one stays', async () => {
    const [one, two] = [version(['one']), version(['two'])]
    await activateAll(one, two)
    await putObject(test.aws, bundleDefinitionsKey(one.ref), evil(one))
    await expect(openCatalog().promote({ ref: one.ref, actor: 'bob' })).rejects.toMatchObject({
      code: 'BUNDLE_UNAVAILABLE',
    })
    expect(await served()).toBe('two')
  })

  it('do not stop an instance that knows the right ones', async () => {
    const one = version(['one'])
    const catalog = openCatalog()
    await catalog.activate(one)
    await catalog.snapshot(endpointId)
    await putObject(test.aws, bundleDefinitionsKey(one.ref), evil(one))
    clock.nowMs += 1500
    expect(await served(catalog)).toBe('one')
  })

  it.each([
    [
      'replaced',
      (one: BundleVersion) => putObject(test.aws, bundleDefinitionsKey(one.ref), evil(one)),
    ],
    ['lost', (one: BundleVersion) => deleteObject(test.aws, bundleDefinitionsKey(one.ref))],
  ])('are put right by pushing the version again: %s', async (_how, harm) => {
    const one = version(['one'])
    await activateAll(one)
    const key = bundleDefinitionsKey(one.ref)
    const before = await getObject(test.aws, key, 10_000)
    await harm(one)
    expect(await openCatalog().activate(one)).toBe('unchanged')
    expect(await getObject(test.aws, key, 10_000)).toEqual(before)
    expect(await served()).toBe('one')
  })

  it('before anybody registered them do not become active with the version', async () => {
    const one = version(['one'])
    await putObject(test.aws, bundleDefinitionsKey(one.ref), evil(one))
    await activateAll(one)
    const [tool] = (await openCatalog().snapshot(endpointId)).list('tool')
    expect(tool?.data['description']).toBe('does one')
  })
})
