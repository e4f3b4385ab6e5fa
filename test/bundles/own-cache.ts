/** One store for a test file, and for each test an empty cache. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { putObject } from '../../src/aws/objects.js'
import { bundleZipKey } from '../../src/aws/table-keys.js'
import { sha256Of } from '../../src/bundles/bundle-hash.js'
import { createS3Bundles, type S3BundlesOptions } from '../../src/bundles/s3-bundles.js'
import { removeTree } from '../../src/bundles/unpacked-folder.js'
import type { BundleRef } from '../../src/domain/bundle-ref.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws, type TestAws } from '../support/aws.js'
import { zipOf } from '../support/zip.js'

export let test: TestAws
export let cacheFolder: string

/** Of a test file: one engine, and for each test a cache of its own. */
export function useOwnCache(): void {
  beforeAll(async () => {
    test = await startTestAws()
  })
  afterAll(() => test.stop())
  beforeEach(async () => {
    cacheFolder = await mkdtemp(join(tmpdir(), 'bundle-cache-'))
  })
  afterEach(() => removeTree(cacheFolder))
}

export const createBundles = (options: Partial<S3BundlesOptions> = {}) =>
  createS3Bundles({ aws: test.aws, cacheFolder, log: silentLog, ...options })

export const FILES = {
  'mcp_configuration.json': '{}',
  'weather/index.js': 'export const mild = 21',
  'weather/größe/天気.txt': 'text',
}
let serial = 0

/** A ZIP that no earlier test has stored. */
export function freshZip(files: Parameters<typeof zipOf>[0] = FILES): Buffer {
  serial += 1
  return zipOf({ ...files, 'serial.txt': String(serial) })
}

export const refOf = (zip: Buffer, endpointId = 'acme'): BundleRef => ({
  endpointId,
  packageName: 'weather',
  sha256: sha256Of(zip),
})

/** Puts other bytes under a version's name, as an intruder in the bucket would. */
export const overwrite = (ref: BundleRef, body: Buffer) =>
  putObject(test.aws, bundleZipKey(ref), body)

/** A log, and the errors that it was told. */
export function recordErrors() {
  const errors: { fields: object; message: string }[] = []
  const error = (fields: object, message: string) => void errors.push({ fields, message })
  return { errors, log: { ...silentLog, error } }
}
