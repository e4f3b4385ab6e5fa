/**
 * The class that a built bundle exports: one method for each function of `defineBundle`, and one
 * that tells the manifest. Runs inside the bundle, with its code.
 */
import { isJsonObject } from '../domain/json.js'
import { type Definition, type Item, readDefinition } from './read-definition.js'

/** Where a built bundle's class lies: module `bundle`, so the file `bundle/index.js`. */
export const BUNDLE_MODULE = 'bundle'
export const BUNDLE_CLASS = 'Bundle'
/** The method that answers with the JSON of `{ manifest }`, or of `{ problems }`. */
export const MANIFEST_METHOD = 'manifest'

type Method = (this: { readonly setting: unknown }, input: unknown, call: unknown) => unknown

/** @param module the namespace of the author's module */
export function toBundleClass(module: object): new (setting: unknown) => object {
  const definition = readDefinition(module)
  class Bundle {
    readonly setting: unknown

    constructor(setting: unknown) {
      this.setting = setting
    }
  }
  const add = (name: string, method: Method) =>
    Object.defineProperty(Bundle.prototype, name, { value: method })
  add(MANIFEST_METHOD, () => JSON.stringify(tellManifest(definition)))
  for (const { functionName, completionName, handler, written } of definition.items) {
    add(functionName, function runHandler(input, call) {
      return handler(input, call, this.setting)
    })
    if (completionName !== undefined)
      add(completionName, function runCompletion(input, call) {
        return suggest(written['complete'], input, [call, this.setting])
      })
  }
  return Bundle
}

/** @param input `{ argument: { name, value }, arguments }`, as the gateway gives it */
function suggest(complete: unknown, input: unknown, rest: readonly unknown[]): unknown {
  if (!isJsonObject(input) || !isJsonObject(input['argument']) || !isJsonObject(complete)) return []
  const { name, value } = input['argument']
  if (typeof name !== 'string' || !Object.hasOwn(complete, name)) return []
  const known = complete[name]
  return typeof known === 'function' ? known.call(complete, value, input['arguments'], ...rest) : []
}

function tellManifest(definition: Definition): object {
  const { problems } = definition
  return problems.length > 0 ? { problems } : { manifest: toManifest(definition) }
}

function toManifest({ packageName, setting, network, items }: Definition): object {
  const ofType = (type: Item['type']) => items.filter((item) => item.type === type)
  return {
    tools: ofType('tool').map((item) =>
      shown(item, ['handler', 'background', 'complete', 'redact', 'access']),
    ),
    resources: ofType('resource').map((item) =>
      shown(item, ['handler', 'complete', 'redact', 'access']),
    ),
    prompts: ofType('prompt').map(toPrompt),
    module_links: items.map(toLink),
    modules: [
      {
        package_name: packageName,
        module_name: BUNDLE_MODULE,
        class_name: BUNDLE_CLASS,
        setting: setting ?? {},
        ...(network === undefined ? {} : { network }),
      },
    ],
  }
}

function shown({ name, written }: Item, hidden: readonly string[]): Record<string, unknown> {
  const members = Object.entries(written).filter(([member]) => !hidden.includes(member))
  return { name, ...Object.fromEntries(members) }
}

/** Arguments are declared by name; the manifest lists them. */
function toPrompt(item: Item): object {
  const { arguments: declared } = item.written
  const prompt = shown(item, ['handler', 'complete', 'redact', 'access', 'arguments'])
  if (!isJsonObject(declared))
    return declared === undefined ? prompt : { ...prompt, arguments: declared }
  const list = Object.entries(declared).map(([name, argument]) => Object.assign({ name }, argument))
  return { ...prompt, arguments: list }
}

function toLink({ type, name, functionName, completionName, written }: Item): object {
  return {
    type,
    name,
    module_name: BUNDLE_MODULE,
    class_name: BUNDLE_CLASS,
    function_name: functionName,
    ...(type === 'tool' ? toBackground(written['background']) : {}),
    ...(completionName === undefined ? {} : { completion_function_name: completionName }),
    ...(written['redact'] === undefined ? {} : { redact: written['redact'] }),
    ...(written['access'] === undefined ? {} : { access: written['access'] }),
  }
}

function toBackground(background: unknown): object {
  if (background === undefined || background === false) return {}
  const { taskSupport, asksFirst } = isJsonObject(background) ? background : {}
  return {
    is_async: background === true || isJsonObject(background) ? true : background,
    ...(taskSupport === undefined ? {} : { task_support: taskSupport }),
    ...(asksFirst === undefined ? {} : { asks_first: asksFirst }),
  }
}
