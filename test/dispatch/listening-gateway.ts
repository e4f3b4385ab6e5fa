/** One gateway for a test file, whose changes ann listens to. */
import { afterAll, beforeAll } from 'vitest'
import type { Notice } from '../../src/domain/notice.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { announceAt, type ListenOptions, openListening } from './listen-client.js'

export let test: TestGateway
export let token: string

/** Of a test file: one gateway with tools. */
export function useListeningGateway(): void {
  beforeAll(async () => {
    test = await startTestGateway()
    await test.publish('journey_tools')
    token = await test.tokenFor('ann')
  })
  afterAll(() => test.stop())
}

export const announce = (notice: Notice, endpointId = 'default', gateway = test) =>
  announceAt(gateway, notice, endpointId)

export const open = (notifications: object, more: Partial<ListenOptions> = {}, gateway = test) =>
  openListening(gateway, { token, notifications, ...more })

export const everything = {
  toolsListChanged: true,
  promptsListChanged: true,
  resourcesListChanged: true,
  resourceSubscriptions: ['journey://static', 'journey://items/1'],
}
