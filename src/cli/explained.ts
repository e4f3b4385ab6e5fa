import type { BundleOnDisk } from '../bundling/bundling.js'
import { GatewayError } from '../domain/errors.js'

/** A refusal with the places where the code cannot be parsed: Node does not tell them by itself. */
export async function explained<Outcome>(
  bundle: Pick<BundleOnDisk, 'syntaxProblems'>,
  publish: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await publish()
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'BUNDLE_INVALID') throw error
    const problems = await bundle.syntaxProblems()
    if (problems.length === 0) throw error
    const message = [error.message, ...problems.map((problem) => `- ${problem}`)].join('\n')
    throw new GatewayError('BUNDLE_INVALID', message, { cause: error })
  }
}
