import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { BundleRef } from '../../src/domain/bundle-ref.js'
import type { TestAws } from '../support/aws.js'
import { builtFile } from '../support/built.js'

export interface BundlesProcess {
  readonly test: TestAws
  readonly cacheFolder: string
  readonly refs: readonly BundleRef[]
  /** A module's text, with `createS3Bundles`, `aws`, `cacheFolder`, `refs` and `ref`, the first. */
  readonly source: string
  /** Makes another command of the one that starts it. */
  readonly under?: (command: readonly string[]) => readonly string[]
}

/** A process of the built product on the same engines and the same cache. */
export function startBundlesProcess({
  source,
  under = (command) => command,
  ...given
}: BundlesProcess): ChildProcess {
  const whole = `${prelude(given)}\n${source}\naws.close()`
  const node = [process.execPath, '--no-warnings', '--input-type=module', '-e', whole]
  const [program = '', ...args] = under(node)
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** All that it wrote, when it has ended. */
export async function readOutput(child: ChildProcess): Promise<string> {
  const [said] = await Promise.all([child.stdout ? text(child.stdout) : '', once(child, 'close')])
  return said
}

function prelude({ test, cacheFolder, refs }: Omit<BundlesProcess, 'source' | 'under'>): string {
  return `
    import fs, { readFile } from 'node:fs/promises'
    import { syncBuiltinESMExports } from 'node:module'
    import { join } from 'node:path'
    const { createAws } = await import(${built('aws/aws.js')})
    const { connectLocalAws } = await import(${built('local-aws/local-aws.js')})
    const { createS3Bundles } = await import(${built('bundles/s3-bundles.js')})
    const { silentLog } = await import(${built('telemetry/telemetry.js')})
    const client = connectLocalAws({
      dataFolder: ${JSON.stringify(test.dataFolder)},
      spawnEngine: () => process.abort(),
    })
    const aws = createAws({ bucket: ${JSON.stringify(test.aws.bucket)}, tables: {}, client })
    const cacheFolder = ${JSON.stringify(cacheFolder)}
    const refs = ${JSON.stringify(refs)}
    const [ref] = refs`
}

function built(path: string): string {
  return JSON.stringify(builtFile(path).href)
}
