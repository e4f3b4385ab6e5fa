/** What is read of inputs and arguments, wherever they are read. */
import { GatewayError } from '../domain/errors.js'

export function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined
}

/** @param message begins with the field that it is about: `days: must be …` */
export function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_PARAMS', message)
}
