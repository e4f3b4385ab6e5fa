/** Publishes a folder each time that it changes; what is wrong leaves the version before it active. */
import type { BundleOnDisk } from '../bundling/bundling.js'
import type { Publishing } from '../publishing/publishing.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import { printPublished } from './at-endpoint.js'
import { isExpected } from './expected-error.js'
import type { Program, Workbench } from './program.js'
import { locate, toProblems } from './workbench.js'

export interface ReloadParts extends Pick<Workbench, 'bundling'> {
  readonly publishing: Pick<Publishing, 'publish'>
  readonly program: Pick<Program, 'stdout' | 'stderr'>
}

export interface ReloadTarget {
  readonly folder: string
  readonly endpointId: EndpointId
  readonly variables: Readonly<Record<string, string>>
}

export interface Reload {
  /** Now, or once more when what runs now has ended. Settles when nothing is left to be done. */
  request(): Promise<void>
}

/** @param onServed is given the files that the served version was built of */
export function createReload(
  parts: ReloadParts,
  target: ReloadTarget,
  onServed: (sources: readonly string[]) => Promise<void>,
): Reload {
  let running: Promise<void> | undefined
  let isAskedAgain = false

  const run = async () => {
    do {
      isAskedAgain = false
      await reloadOnce(parts, target, onServed)
    } while (isAskedAgain)
  }
  return {
    request() {
      isAskedAgain = running !== undefined
      running ??= run().finally(() => {
        running = undefined
      })
      return running
    },
  }
}

async function reloadOnce(
  { bundling, publishing, program }: ReloadParts,
  { folder, endpointId, variables }: ReloadTarget,
  onServed: (sources: readonly string[]) => Promise<void>,
): Promise<void> {
  let bundle: BundleOnDisk | undefined
  try {
    bundle = await bundling.read(folder)
    const { zip, sources } = bundle
    const published = await publishing.publish({ endpointId, zip, variables, actor: 'dev' })
    if (published.outcome === 'activated') printPublished(program, published)
    await onServed(sources)
  } catch (error) {
    if (!isExpected(error)) throw error
    const syntax = (await bundle?.syntaxProblems()) ?? []
    const problems = [...toProblems(error), ...renameHints(error), ...syntax]
    const lines = (await locate(folder, problems)).map((problem) => `- ${problem}`)
    const said = 'Not reloaded; what was served before is served on:'
    program.stderr.write(`${[said, ...lines].join('\n')}\n`)
  }
}

/** The package of before goes on, and keeps what the new one would take over. */
function renameHints(error: Error): string[] {
  const isConflict = error instanceof GatewayError && error.code === 'CONFLICT'
  return isConflict ? ['when the package was renamed, start dev again'] : []
}
