/** Imports a module of a bundle, ESM or CommonJS, and finds what the manifest names in it. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { moduleFileCandidates } from '../bundles/module-file.js'
import { GatewayError } from '../domain/errors.js'
import { FunctionError } from './function-error.js'
import { readThrown } from './thrown.js'

export interface BundleLocation {
  readonly folder: string
  readonly packageName: string
}

export type BundleClass = new (setting: unknown) => object
export type BundleMethod = (this: object, input: unknown, call: unknown) => unknown

/**
 * @throws GatewayError `FUNCTION_FAILED` when the module has no file
 * @throws FunctionError what the module threw while it was loaded
 */
export async function importModule(location: BundleLocation, moduleName: string): Promise<object> {
  const file = await findModuleFile(location, moduleName)
  try {
    const namespace: object = await import(pathToFileURL(file).href)
    return namespace
  } catch (cause) {
    const message = withoutFolder(readThrown(cause).message, location.folder)
    throw new FunctionError(`module "${moduleName}" could not be loaded: ${message}`, { cause })
  }
}

/** @throws GatewayError `FUNCTION_FAILED` when the module has no such class */
export function findClass(module: object, moduleName: string, className: string): BundleClass {
  const byDefault = readOwn(module, 'default')
  const named = readOwn(module, className) ?? readOwn(byDefault, className)
  const found =
    named ?? (isClass(byDefault) && byDefault.name === className ? byDefault : undefined)
  if (isClass(found)) return found
  throw new GatewayError(
    'FUNCTION_FAILED',
    `module "${moduleName}" exports no class "${className}"`,
  )
}

/**
 * A method that the class or one that it extends declares; never what every object has.
 *
 * @throws GatewayError `FUNCTION_FAILED` when there is none
 */
export function findMethod(owner: BundleClass, functionName: string): BundleMethod {
  let prototype: unknown = owner.prototype
  while (typeof prototype === 'object' && prototype !== null && prototype !== Object.prototype) {
    const method: unknown = Object.getOwnPropertyDescriptor(prototype, functionName)?.value
    if (functionName !== 'constructor' && isMethod(method)) return method
    prototype = Object.getPrototypeOf(prototype)
  }
  throw new GatewayError('FUNCTION_FAILED', `class "${owner.name}" has no method "${functionName}"`)
}

async function findModuleFile(location: BundleLocation, moduleName: string): Promise<string> {
  const candidates = moduleFileCandidates(location.packageName, moduleName)
  for (const candidate of candidates) {
    const file = join(location.folder, candidate)
    if (await isFile(file)) return file
  }
  throw new GatewayError(
    'FUNCTION_FAILED',
    `module "${moduleName}" has no file in the bundle; expected one of ${candidates.join(', ')}`,
  )
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ?? false
}

function readOwn(holder: unknown, name: string): unknown {
  if ((typeof holder !== 'object' && typeof holder !== 'function') || holder === null)
    return undefined
  return Object.hasOwn(holder, name) ? Reflect.get(holder, name) : undefined
}

function isClass(value: unknown): value is BundleClass {
  return typeof value === 'function' && typeof value.prototype === 'object'
}

function isMethod(value: unknown): value is BundleMethod {
  return typeof value === 'function'
}

/** Where the gateway keeps bundles is nothing for callers. */
function withoutFolder(message: string, folder: string): string {
  return message.replaceAll(`${pathToFileURL(folder).href}/`, '').replaceAll(`${folder}/`, '')
}
