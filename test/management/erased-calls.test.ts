import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createAws } from '../../src/aws/aws.js'
import { deleteObject } from '../../src/aws/objects.js'
import { callContentKey } from '../../src/aws/table-keys.js'
import { tableNames } from '../../src/aws/tables.js'
import { connectLocalAws } from '../../src/local-aws/local-aws.js'
import {
  callTool,
  gateways,
  type Manager,
  managerOf,
  publishNotes,
  useManagement,
} from '../support/management.js'
import { CANCEL, DELETE, pageOf } from './call-steps.js'
import { deedsOf, soon } from './deeds.js'

useManagement()

describe('a call whose content is lost', () => {
  let ada: Manager
  let callId: string
  beforeAll(async () => {
    ada = await managerOf()
    await publishNotes(ada.endpointId)
    await callTool(ada, 'echo', { at: 1 })
    await callTool(ada, 'echo', { at: 2, text: 'x'.repeat(40_000) })
    callId = (await pageOf(ada, { first: 1 })).nodes[0]?.callId ?? ''
    const { dataFolder } = gateways().first
    const client = connectLocalAws({ dataFolder, spawnEngine: () => {} })
    const aws = createAws({ bucket: 'bundles', tables: tableNames(), client })
    await deleteObject(aws, callContentKey(ada.endpointId, callId))
    aws.close()
  })

  it('hides none of those that are shown with it', async () => {
    const query = '{ endpoint { calls { nodes { name arguments } } } }'
    const { data, errors } = await ada.onSecond(query)
    const nodes = [
      { name: 'echo', arguments: null },
      { name: 'echo', arguments: { at: 1 } },
    ]
    expect(data).toEqual({ endpoint: { calls: { nodes } } })
    expect(errors).toMatchObject([{ path: ['endpoint', 'calls', 'nodes', 0, 'arguments'] }])
  })

  it('is told as ended when it was, and the audit has it', async () => {
    const { peers } = gateways().first.parts
    const found = { instanceId: 'one', body: { type: 'call.found' as const } }
    const asking = vi.spyOn(peers, 'ask').mockResolvedValueOnce([found])
    const { data } = await ada.onFirst(CANCEL, { input: { callId } })
    asking.mockRestore()
    expect(data).toEqual({ cancelCall: { isCancelled: true, call: null, userErrors: [] } })
    await soon(async () => expect(await deedsOf(ada, 'call.cancelled')).toHaveLength(1))
  })

  it('can be erased', async () => {
    const { data } = await ada.onFirst(DELETE, { input: { callId } })
    expect(data).toEqual({ deleteCall: { deletedCallId: callId, userErrors: [] } })
    expect((await pageOf(ada)).nodes).toHaveLength(1)
  })
})

describe('a call that is erased', () => {
  it('is gone at every instance with what was said, and the audit keeps that it was done', async () => {
    const ada = await managerOf()
    await publishNotes(ada.endpointId)
    await callTool(ada, 'echo', { secret: 'a confession' })
    const [call] = (await pageOf(ada)).nodes
    const input = { callId: call?.callId, idempotencyKey: 'once' }
    const erased = { deleteCall: { deletedCallId: call?.callId, userErrors: [] } }
    expect((await ada.onFirst(DELETE, { input })).data).toEqual(erased)
    expect((await pageOf(ada)).nodes).toEqual([])
    // The same again is the same answer; without the key there is no such call.
    expect((await ada.onSecond(DELETE, { input })).data).toEqual(erased)
    const bare = await ada.onSecond(DELETE, { input: { callId: call?.callId } })
    expect(bare.data).toMatchObject({
      deleteCall: { deletedCallId: null, userErrors: [{ code: 'NOT_FOUND' }] },
    })
    await soon(async () => {
      const [deed, ...more] = await deedsOf(ada, 'call.erased')
      expect(more).toEqual([])
      expect(deed).toMatchObject({
        actor: 'ada',
        target: call?.callId,
        before: { name: 'echo', userId: 'ada', status: 'completed' },
        after: null,
      })
      expect(JSON.stringify(deed)).not.toContain('confession')
    })
  })
})
