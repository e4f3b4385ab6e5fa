import { describe, expect, it, vi } from 'vitest'
import {
  callTool,
  gateways,
  type Manager,
  managerOf,
  mutate,
  operator,
  publishNotes,
  shown,
  useManagement,
} from '../support/management.js'
import { GatewayError } from '../../src/domain/errors.js'
import { notesManifest, notesZip } from '../support/notes-bundle.js'
import { COUNTS, NOTHING, publish, seen, sha256Of, VARIABLES } from './bundle-steps.js'

useManagement()

describe('a bundle that is uploaded', () => {
  interface Announced {
    readonly uploadId: string | null
    readonly target: {
      readonly method: string
      readonly url: string
      readonly headers: readonly { readonly name: string; readonly value: string }[]
      readonly expiresAt: string
    } | null
  }

  const announce = (manager: Manager, input: object) =>
    mutate<Announced>(
      manager.onFirst,
      'createBundleUpload',
      input,
      'uploadId target { method url headers { name value } expiresAt }',
    )

  async function send({ token }: Manager, { target }: Announced, zip: Buffer): Promise<number> {
    const headers = Object.fromEntries(
      target?.headers.map(({ name, value }) => [name, value]) ?? [],
    )
    const response = await fetch(new URL(target?.url ?? '', gateways().first.url), {
      method: target?.method ?? '',
      headers: { ...headers, authorization: `Bearer ${token}` },
      body: new Uint8Array(zip),
    })
    return response.status
  }

  it('becomes callable on each gateway, and is processed once', async () => {
    const publisher = await managerOf({ role: 'publisher' })
    const zip = notesZip()
    const sha256 = sha256Of(zip)
    const announced = await announce(publisher, { sizeBytes: zip.length, sha256 })
    expect(announced).toMatchObject({ target: { method: 'PUT' }, userErrors: [] })
    expect(Date.parse(announced.target?.expiresAt ?? '')).toBeGreaterThan(Date.now())
    expect(await send(publisher, announced, zip)).toBe(201)
    const input = { uploadId: announced.uploadId, variables: VARIABLES }
    const done = await publish(publisher, 'processBundle', input)
    expect(done).toMatchObject({
      version: {
        sha256,
        isActive: true,
        package: { packageName: 'notes' },
        functionCounts: COUNTS,
      },
      isChanged: true,
      userErrors: [],
    })
    expect(await callTool(publisher, 'greet', {}, gateways().second)).toContain('hello')
    const again = await publish(publisher, 'processBundle', input)
    expect(again).toMatchObject({ version: { sha256 }, userErrors: [] })
    expect((await seen(publisher)).all).toEqual([sha256])
  })

  it('is sent by an operator of the whole gateway too, to the endpoint that is named', async () => {
    const { endpointId } = await managerOf()
    const zip = notesZip({ version: 'by an operator' })
    const at = { endpointId }
    const announced = await announce(operator(), {
      ...at,
      sizeBytes: zip.length,
      sha256: sha256Of(zip),
    })
    expect(await send(operator(), announced, zip)).toBe(201)
    const input = { ...at, uploadId: announced.uploadId, variables: VARIABLES }
    const done = await publish(operator(), 'processBundle', input)
    expect(done).toMatchObject({ isChanged: true, userErrors: [] })
  })

  it('is one too many beside 16 that are open; a gateway that is busy is no mistake of anybody’s', async () => {
    const publisher = await managerOf()
    const input = { sizeBytes: 100, sha256: 'c'.repeat(64) }
    for (let n = 0; n < 16; n++)
      expect(await announce(publisher, input)).toMatchObject({ userErrors: [] })
    expect(await announce(publisher, input)).toMatchObject({
      uploadId: null,
      userErrors: [{ field: [], code: 'LIMIT_REACHED' }],
    })
    const { publishing } = gateways().first.parts
    const busy = new GatewayError('BUSY', 'The database does not answer')
    vi.spyOn(publishing, 'prepareUpload').mockRejectedValueOnce(busy)
    await expect(announce(publisher, input)).rejects.toThrow('BUSY')
    vi.restoreAllMocks()
  })

  it('is announced once under a key: the second time nothing secret is shown', async () => {
    const publisher = await managerOf({ role: 'publisher' })
    const input = { sizeBytes: 100, sha256: 'a'.repeat(64), idempotencyKey: 'send' }
    const first = await announce(publisher, input)
    expect(await announce(publisher, input)).toEqual({ ...first, target: null })
    const large = { ...input, sizeBytes: (2n ** 60n).toString() }
    expect(await announce(publisher, large)).toMatchObject({
      userErrors: [{ field: ['input', 'idempotencyKey'], code: 'INVALID_INPUT' }],
    })
  })

  it('is one record of the audit, without what it is sent with', async () => {
    const admin = await managerOf()
    const sha256 = 'b'.repeat(64)
    const { uploadId } = await announce(admin, { sizeBytes: 100, sha256 })
    const query = `{ endpoint { auditEntries(first: 10) {
      nodes { actor action target count after } } } }`
    await vi.waitFor(async () => {
      const data = await shown<{
        endpoint: { auditEntries: { nodes: readonly { readonly action: string }[] } }
      }>(admin.onSecond, query)
      const { nodes } = data.endpoint.auditEntries
      expect(nodes.filter(({ action }) => action === 'upload.created')).toMatchObject([
        { actor: 'ada', target: sha256, count: 1, after: { sizeBytes: 100 } },
      ])
      expect(JSON.stringify(nodes)).not.toContain(uploadId)
    })
  })

  it.each([
    ['no bytes', { sizeBytes: 0 }, 'INVALID_INPUT', ['input', 'sizeBytes']],
    [
      'more bytes than numbers',
      { sizeBytes: '9007199254740993' },
      'INVALID_INPUT',
      ['input', 'sizeBytes'],
    ],
    ['what is no hash', { sha256: 'A'.repeat(64) }, 'INVALID_INPUT', ['input', 'sha256']],
    ['more bytes than a bundle may have', { sizeBytes: 1_000_000_000 }, 'BUNDLE_INVALID', []],
  ])('is refused with %s, by its field', async (_what, wrong, code, field) => {
    const admin = await managerOf()
    const input = { sizeBytes: 100, sha256: 'a'.repeat(64), ...wrong }
    const { uploadId, userErrors } = await announce(admin, input)
    expect(uploadId).toBeNull()
    expect(userErrors).toMatchObject([{ code, field }])
  })

  it('that was never announced, or not by them, is not found', async () => {
    const admin = await managerOf()
    const { uploadId } = await announce(admin, { sizeBytes: 100, sha256: 'a'.repeat(64) })
    const other = await managerOf({ endpointId: admin.endpointId, userId: 'bob' })
    for (const [manager, id] of [
      [other, uploadId],
      [admin, 'no-such-upload'],
    ] as const)
      expect(await publish(manager, 'processBundle', { uploadId: id })).toMatchObject({
        ...NOTHING,
        userErrors: [{ code: 'NOT_FOUND' }],
      })
  })
})

describe('loading a configuration', () => {
  it('takes a ZIP in base64, and the same one again changes nothing', async () => {
    const admin = await managerOf()
    const zip = notesZip()
    const input = { zip: zip.toString('base64'), variables: VARIABLES }
    const first = await publish(admin, 'loadConfiguration', input)
    expect(first).toMatchObject({
      version: { sha256: sha256Of(zip), isActive: true, functionCounts: COUNTS },
      isChanged: true,
      userErrors: [],
    })
    expect(await callTool(admin, 'greet', {}, gateways().second)).toContain('hello')
    const again = await publish(admin, 'loadConfiguration', input)
    expect(again).toMatchObject({ version: first.version, isChanged: false, userErrors: [] })
  })

  it('puts another manifest before the code that is active, as a version of its own', async () => {
    const admin = await managerOf()
    const { ref } = await publishNotes(admin.endpointId)
    const manifest = notesManifest({ tools: ['parrot'], setting: { greeting: 'from a manifest' } })
    const input = { packageName: 'notes', manifest }
    const done = await publish(admin, 'loadConfiguration', input)
    expect(done).toMatchObject({
      version: { functionCounts: { ...COUNTS, tools: 5 } },
      isChanged: true,
      userErrors: [],
    })
    expect(await callTool(admin, 'parrot', { text: 'pretty' }, gateways().second)).toContain(
      'pretty',
    )
    expect((await seen(admin)).all).toEqual([done.version?.sha256, ref.sha256])
    const again = await publish(admin, 'loadConfiguration', input)
    expect(again).toMatchObject({ version: { sha256: done.version?.sha256 }, isChanged: false })
  })

  it('says each rule that is broken, and leaves what is active', async () => {
    const admin = await managerOf()
    const { ref } = await publishNotes(admin.endpointId)
    const manifest = { ...notesManifest(), module_links: [] }
    const refused = await publish(admin, 'loadConfiguration', { packageName: 'notes', manifest })
    expect(refused).toMatchObject(NOTHING)
    expect(refused.userErrors.length).toBeGreaterThan(1)
    for (const { code, field } of refused.userErrors)
      expect({ code, field }).toEqual({ code: 'BUNDLE_INVALID', field: [] })
    expect(await seen(admin)).toMatchObject({ active: ref.sha256, all: [ref.sha256] })
  })

  it.each([
    ['both', { zip: 'AAAA', packageName: 'notes', manifest: {} }, 'INVALID_INPUT', 'zip'],
    ['neither', {}, 'INVALID_INPUT', 'packageName'],
    ['a package alone', { packageName: 'notes' }, 'INVALID_INPUT', 'manifest'],
    ['a manifest alone', { manifest: {} }, 'INVALID_INPUT', 'packageName'],
    ['what is no base64', { zip: 'not base64!' }, 'BUNDLE_INVALID', undefined],
    ['what is no ZIP', { zip: 'AAAA' }, 'BUNDLE_INVALID', undefined],
    [
      'an unknown package',
      { packageName: 'nowhere', manifest: notesManifest({ packageName: 'nowhere' }) },
      'NOT_FOUND',
      undefined,
    ],
    [
      'a ZIP without its variables',
      { zip: notesZip().toString('base64') },
      'BUNDLE_INVALID',
      undefined,
    ],
  ])('refuses %s', async (_what, input, code, field) => {
    const admin = await managerOf()
    const refused = await publish(admin, 'loadConfiguration', input)
    expect(refused).toMatchObject(NOTHING)
    expect(refused.userErrors[0]).toMatchObject({
      code,
      field: field === undefined ? [] : ['input', field],
    })
  })
})
