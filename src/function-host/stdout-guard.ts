/**
 * Keeps a bundle's code off descriptor 1, which carries the MCP wire in stdio. Node captures what a
 * worker prints, but loggers write to the descriptor itself and children inherit it: both get 2.
 * A precaution against accidents: a native add-on or `/dev/stdout` still reaches it.
 */
import childProcess, { ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const STDOUT = 1
const STDERR = 2

const writers = [
  'write',
  'writeSync',
  'writev',
  'writevSync',
  'writeFile',
  'writeFileSync',
  'appendFile',
  'appendFileSync',
]

export function guardStdout(): void {
  for (const name of writers)
    wrap(fs, name, ([target, ...rest]) => [target === STDOUT ? STDERR : target, ...rest])
  for (const name of ['spawnSync', 'execFileSync', 'execSync'])
    wrap(childProcess, name, (args) => args.map(redirectStdio))
  wrap(ChildProcess.prototype, 'spawn', (args) => args.map(redirectStdio))
  syncBuiltinESMExports()
}

/** Replaces a function by one that changes its arguments first. */
function wrap(owner: object, name: string, change: (args: unknown[]) => unknown[]): void {
  const original: unknown = Reflect.get(owner, name)
  if (!isFunction(original)) return
  const run = original
  function guarded(this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(run, this, change(args))
  }
  // With its length and its `util.promisify` form.
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(original))
  Reflect.set(owner, name, guarded)
}

function isFunction(value: unknown): value is CallableFunction {
  return typeof value === 'function'
}

function redirectStdio(options: unknown): unknown {
  if (typeof options !== 'object' || options === null || !('stdio' in options)) return options
  return { ...options, stdio: toSafeStdio(options.stdio) }
}

function toSafeStdio(stdio: unknown): unknown {
  if (stdio === 'inherit') return ['ignore', STDERR, 'inherit']
  if (!Array.isArray(stdio)) return stdio
  return stdio.map((entry: unknown, descriptor) => {
    const isStdout = entry === STDOUT || (entry === 'inherit' && descriptor === STDOUT)
    return isStdout ? STDERR : entry
  })
}
