import type { CatalogFunction } from '../catalog/catalog.js'
import { GatewayError } from '../domain/errors.js'
import type { Handler, Visible } from './handler.js'
import type { RunFunction } from './run-function.js'

export function createGetPrompt(
  visible: Visible,
  runFunction: RunFunction,
): Handler<'prompts/get'> {
  return async (caller, request, exchange) => {
    const { name, arguments: args = {} } = request.params
    const fn = (await visible(caller)).find('prompt', name)
    if (fn === undefined) throw new GatewayError('FUNCTION_NOT_FOUND', `Unknown prompt: ${name}`)
    refuseMissing(fn, args)
    return runFunction({ caller, request, fn, input: args, exchange })
  }
}

function refuseMissing(fn: CatalogFunction, args: Readonly<Record<string, string>>): void {
  const missing = requiredArguments(fn).filter((name) => !Object.hasOwn(args, name))
  if (missing.length > 0)
    throw new GatewayError(
      'INVALID_PARAMS',
      `params.arguments: ${missing.join(', ')} required by prompt ${fn.name}`,
    )
}

function requiredArguments(fn: CatalogFunction): string[] {
  const declared: unknown = fn.data['arguments']
  if (!Array.isArray(declared)) return []
  return declared.flatMap((argument: { name?: unknown; required?: unknown } | null) =>
    argument?.required === true && typeof argument.name === 'string' ? [argument.name] : [],
  )
}
