import { GatewayError } from '../domain/errors.js'

/** What a bundle's author must mend: the message is for them and names the entry or the member. */
export function bundleInvalid(message: string, cause?: unknown): GatewayError {
  return new GatewayError('BUNDLE_INVALID', message, cause === undefined ? undefined : { cause })
}

/** Several problems in one answer: a heading, then one line each; `data.problems` holds them too. */
export function bundleProblems(heading: string, problems: readonly string[]): GatewayError {
  const message = `${heading}:\n${problems.map((problem) => `- ${problem}`).join('\n')}`
  return new GatewayError('BUNDLE_INVALID', message, { data: { problems } })
}
