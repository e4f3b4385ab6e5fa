/**
 * The code of one bundle version: loads its modules, constructs its classes once and hands out
 * their methods.
 */
import type { Setting } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import {
  findClass,
  findMethod,
  importModule,
  type BundleClass,
  type BundleLocation,
  type BundleMethod,
} from './bundle-module.js'
import type { FunctionCall } from './call-object.js'
import { FunctionError } from './function-error.js'
import { readThrown } from './thrown.js'

export interface MethodName {
  readonly moduleName: string
  readonly className: string
  readonly functionName: string
}

export interface MethodRequest extends MethodName {
  /** Present when the class is new here or its setting has changed: it is constructed anew. */
  readonly setting?: Setting | undefined
}

export type BoundMethod = (input: unknown, call: FunctionCall) => unknown

export interface BundleMethods {
  /**
   * @throws FunctionError what the module or the constructor threw
   * @throws GatewayError `FUNCTION_FAILED` when the bundle has no such module, class or method
   */
  method(request: MethodRequest): BoundMethod | Promise<BoundMethod>

  /** One sentence for every module, class or method that is not there. Constructs nothing. */
  problems(methods: readonly MethodName[]): Promise<string[]>
}

/** A class with one setting: what is constructed from it, and which methods were asked for. */
interface ClassSlot {
  readonly setting: Setting
  /** One promise for all first calls, so that they begin in the order in which they came. */
  owner?: Promise<BundleClass> | undefined
  instance?: object
  readonly methods: Map<string, BoundMethod>
}

export function createBundleMethods(location: BundleLocation): BundleMethods {
  const slots = new Map<string, ClassSlot>()

  const slotOf = ({ moduleName, className, setting }: MethodRequest): ClassSlot => {
    const key = `${moduleName}\n${className}`
    const slot = setting ? { setting, methods: new Map<string, BoundMethod>() } : slots.get(key)
    if (!slot) throw new Error(`no setting was given for class ${className}`)
    slots.set(key, slot)
    return slot
  }
  const load = async (slot: ClassSlot, { moduleName, className, functionName }: MethodName) => {
    slot.owner ??= loadClass(location, moduleName, className).catch((error: unknown) => {
      slot.owner = undefined
      throw error
    })
    const owner = await slot.owner
    const method = findMethod(owner, functionName)
    slot.instance ??= construct(owner, className, slot.setting)
    const bound = bind(method, slot.instance)
    slot.methods.set(functionName, bound)
    return bound
  }
  return {
    method(request) {
      const slot = slotOf(request)
      return slot.methods.get(request.functionName) ?? load(slot, request)
    },
    async problems(methods) {
      const found = new Set<string>()
      for (const method of methods) {
        const problem = await findProblem(location, method)
        if (problem !== undefined) found.add(problem)
      }
      return [...found]
    },
  }
}

async function loadClass(
  location: BundleLocation,
  moduleName: string,
  className: string,
): Promise<BundleClass> {
  return findClass(await importModule(location, moduleName), moduleName, className)
}

function construct(owner: BundleClass, className: string, setting: Setting): object {
  try {
    return new owner(setting)
  } catch (cause) {
    const { message } = readThrown(cause)
    throw new FunctionError(`class "${className}" could not be constructed: ${message}`, { cause })
  }
}

function bind(method: BundleMethod, instance: object): BoundMethod {
  return (input, call) => method.call(instance, input, call)
}

async function findProblem(
  location: BundleLocation,
  { moduleName, className, functionName }: MethodName,
): Promise<string | undefined> {
  try {
    const module = await importModule(location, moduleName)
    findMethod(findClass(module, moduleName, className), functionName)
    return undefined
  } catch (error) {
    if (error instanceof FunctionError || error instanceof GatewayError) return error.message
    throw error
  }
}
