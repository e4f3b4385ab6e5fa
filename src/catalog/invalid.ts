/** The refusal of what no catalog can hold. */
import { GatewayError } from '../domain/errors.js'

/** @param message begins with the field that it is about: `members: …` */
export function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_PARAMS', message)
}
