/** Pages of the functions of an endpoint. */
import type { ListedFunction } from '../catalog/administration.js'
import type { EndpointId } from '../domain/tenant.js'
import { pageOf } from './connection.js'
import type { ManagementContext } from './context.js'
import { toType } from './enums.js'
import { functionKey, offeredAt } from './offered.js'
import type { EndpointFunctionsArgs, FunctionFilter } from './schema-types.js'
import type { FunctionConnectionSource } from './sources.js'
import { foldedText, readText } from './text-filter.js'

export interface WantedFunctions extends EndpointFunctionsArgs {
  readonly endpointId: EndpointId
  /** Only of this class; with a module. */
  readonly className?: string | undefined
}

/** @throws GatewayError `INVALID_PARAMS`, `CURSOR_INVALID` */
export async function functionPage(
  context: Pick<ManagementContext, 'loaders'>,
  { endpointId, filter, className, ...args }: WantedFunctions,
): Promise<FunctionConnectionSource> {
  const text = readText(filter?.text)
  const { type, packageName, moduleName, status } = filter ?? {}
  const { functions } = await offeredAt(context, endpointId)
  const fits = toFilter({ ...filter, text }, className)
  const wanted = [...functions.values()].filter(({ listed }) => fits(listed))
  const scope = [type, packageName, moduleName, className, status, text].map((each) => each ?? null)
  return pageOf(wanted, args, { keyOf: functionKey, scope: ['functions', endpointId, ...scope] })
}

function toFilter(
  { type, packageName, moduleName, status, text }: FunctionFilter & { readonly text: string },
  className: string | undefined,
): (listed: ListedFunction) => boolean {
  const mcpType = type ? toType(type) : undefined
  const isDisabled = status ? status === 'DISABLED' : undefined
  return ({ fn, packageName: ofPackage }) =>
    isOr(mcpType, fn.mcpType) &&
    isOr(isDisabled, fn.isDisabled) &&
    isOr(packageName, ofPackage) &&
    isOr(moduleName, fn.target.moduleName) &&
    isOr(className, fn.target.className) &&
    foldedText(fn.name, fn.data['title'], fn.uri, fn.data['description']).includes(text)
}

/** Whether it is what is wanted, where something is. */
function isOr<Value>(wanted: Value | null | undefined, value: Value): boolean {
  return wanted === undefined || wanted === null || wanted === value
}
