/** One engine for a test file, and for each test an endpoint of its own. */
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { BundleVersion } from '../../src/catalog/catalog.js'
import { createDynamoCatalog, type DynamoCatalogOptions } from '../../src/catalog/dynamo-catalog.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws, type TestAws } from '../support/aws.js'
import { aTool, aVersion, type VersionOptions } from './bundle-version.js'
import { testSealer } from './sealer.js'

export let test: TestAws
export let endpointId = ''
let endpoints = 0

/** Of a test file: one engine, and for each test an endpoint of its own. */
export function useOwnEndpoint(): void {
  beforeAll(async () => {
    test = await startTestAws()
  })
  beforeEach(moveOn)
  afterAll(() => test.stop())
}

/** To another endpoint, where nothing is yet. */
export function moveOn(): void {
  endpointId = `endpoint-${endpoints++}`
}

/** No two moments of a test are the same. */
export const clock = {
  nowMs: Date.UTC(2026, 0, 31),
  now: () => (clock.nowMs += 1),
}

/** A catalog of an instance of its own. */
export const openCatalog = (options: Partial<DynamoCatalogOptions> = {}) =>
  createDynamoCatalog({
    aws: test.aws,
    sealer: testSealer,
    checkMs: 1500,
    log: silentLog,
    clock,
    ...options,
  })

/** A version of the package weather with these tools. */
export const version = (tools: readonly string[], change: Partial<VersionOptions> = {}) =>
  aVersion({ endpointId, functions: tools.map((name) => aTool(name)), ...change })

/** One after the other. */
export async function activateAll(...versions: readonly BundleVersion[]): Promise<void> {
  for (const each of versions) await openCatalog().activate(each)
}
