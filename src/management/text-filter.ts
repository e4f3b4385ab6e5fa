/** A text that is looked for inside of others, in whichever case. */
import { GatewayError } from '../domain/errors.js'

const MAX_CHARS = 200

/** @returns empty, which is in every text, where none is given. @throws GatewayError `INVALID_PARAMS` */
export function readText(text: string | null | undefined): string {
  if (text === null || text === undefined) return ''
  if (text.length <= MAX_CHARS) return text.toLowerCase()
  throw new GatewayError('INVALID_PARAMS', `filter.text: may have at most ${MAX_CHARS} characters`)
}

/** All of them in one, to be looked into; what is no text is left out. */
export function foldedText(...texts: readonly unknown[]): string {
  return texts
    .filter((text) => typeof text === 'string')
    .join('\n')
    .toLowerCase()
}
