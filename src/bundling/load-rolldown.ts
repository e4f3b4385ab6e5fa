/** The bundler, imported when first needed: a gateway that builds nothing starts without it. */
import type { rolldown as Rolldown } from 'rolldown'
import { GatewayError } from '../domain/errors.js'

/** @throws GatewayError `BUNDLE_INVALID` when its binary for this machine is not installed */
export async function loadRolldown(): Promise<typeof Rolldown> {
  try {
    const { rolldown } = await import('rolldown')
    return rolldown
  } catch (cause) {
    throw new GatewayError(
      'BUNDLE_INVALID',
      `this folder has to be built, and the bundler cannot be loaded: install rolldown with its binary for ${process.platform}-${process.arch} (npm install rolldown), or build the folder elsewhere and use the ZIP`,
      { cause },
    )
  }
}
