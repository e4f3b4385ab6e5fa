import type { PackageState } from '../catalog/catalog.js'
import { readArguments } from './arguments.js'
import { atEndpoint, shortHash } from './at-endpoint.js'
import type { Program } from './program.js'
import { UsageError } from './usage-error.js'

/** Says which packages an endpoint has, which version of each is active, and which were before. */
export async function bundleList(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = readArguments(args, { endpoint: { type: 'string' } })
  const [wanted, ...more] = positionals
  if (more.length > 0) throw new UsageError('bundle list: expected at most one PACKAGE')
  await atEndpoint(program, values.endpoint, async (publishing, endpointId) => {
    const packages = (await publishing.list(endpointId)).filter(
      ({ packageName }) => wanted === undefined || packageName === wanted,
    )
    const what = wanted === undefined ? 'no package' : `no package ${wanted}`
    if (packages.length === 0) program.stdout.write(`${what} at endpoint ${endpointId}\n`)
    for (const state of packages) program.stdout.write(`${lines(state).join('\n')}\n`)
  })
}

function lines(state: PackageState): string[] {
  const { packageName, activeSha256, previousSha256, revision } = state
  const when = `revision ${revision}, ${state.activatedAt} by ${state.activatedBy}`
  return [
    `${packageName} ${shortHash(activeSha256)} active, ${when}`,
    ...previousSha256.map((sha256) => `${packageName} ${shortHash(sha256)} before`),
  ]
}
