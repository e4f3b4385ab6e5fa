/**
 * What Node's permission model leaves open to a process: signals and priorities of other processes,
 * of which the gateway is one. Taken away before any code of a bundle is loaded.
 */
import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'

/** `_debugProcess` makes another process open its debugger. */
const SIGNALS = ['kill', '_kill', '_debugProcess', '_debugEnd']

export function lockProcess(): void {
  for (const name of SIGNALS) Reflect.deleteProperty(process, name)
  os.setPriority = () => {
    throw new Error('os.setPriority: denied')
  }
  syncBuiltinESMExports()
}
