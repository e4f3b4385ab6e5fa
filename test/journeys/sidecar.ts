import { fileURLToPath } from 'node:url'
import { builtFile } from '../support/built.js'

/** The product as an IDE starts it. */
export function sidecar(dataFolder: string, env: Readonly<Record<string, string>> = {}) {
  return {
    command: process.execPath,
    args: [fileURLToPath(builtFile('main.js')), 'start', '--stdio'],
    env: { DATA_DIR: dataFolder, ...env },
  }
}
