/** What operators define, change and switch off. */
import type { FunctionToDefine } from '../catalog/administration.js'
import type { FunctionName } from '../catalog/catalog.js'
import type { AccessRules } from '../domain/access-rules.js'
import type { CapabilityData, McpType } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import { isJsonObject } from '../domain/json.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ManagementContext } from './context.js'
import { toType } from './enums.js'
import { toGlobalId } from './global-id.js'
import { guardedBy } from './guarded-by.js'
import { invalid, isGiven } from './input.js'
import { findFunction } from './offered.js'
import { refield } from './refield.js'
import type {
  CreateFunctionInput,
  DeleteFunctionInput,
  FunctionAccessInput,
  FunctionType,
  SetFunctionStatusInput,
  UpdateFunctionInput,
} from './schema-types.js'
import type { FunctionSource } from './sources.js'

/** @throws GatewayError `INVALID_PARAMS`, `CONFLICT` */
export async function createFunction(
  context: ManagementContext,
  input: CreateFunctionInput,
): Promise<FunctionSource | null> {
  const mcpType = toType(input.type)
  const data = readData(input.data)
  const definition: FunctionToDefine = {
    ...guardedBy(context, input),
    mode: 'create',
    mcpType,
    key: keyOfData(mcpType, data),
    data,
    ...toCode(input),
    access: toAccess(input.access),
    redact: input.redact ?? undefined,
  }
  return define(context, definition)
}

/** @throws GatewayError `FUNCTION_NOT_FOUND`, `INVALID_PARAMS`, `CONFLICT` */
export async function updateFunction(
  context: ManagementContext,
  input: UpdateFunctionInput,
): Promise<FunctionSource | null> {
  const guarded = guardedBy(context, input)
  const name = nameOf(input)
  const found = await findFunction(context, guarded.endpointId, name)
  const own = { access: toAccess(input.access), redact: input.redact }
  // One whose class is gone is offered nowhere: the catalog knows whether there is one.
  if (found === null || found.listed.origin === 'operator') {
    const data = input.data === undefined || input.data === null ? undefined : readData(input.data)
    const change = { ...guarded, ...name, ...own, data, ...toCode(input) }
    return define(context, { ...change, mode: 'update' })
  }
  refuseCode(input)
  await refield(FIELDS, () => context.parts.catalog.setOverride({ ...guarded, ...name, ...own }))
  return lookAgain(context, guarded.endpointId, name)
}

/** @returns its global id. @throws GatewayError `FUNCTION_NOT_FOUND`, `CONFLICT` */
export async function removeFunction(
  context: ManagementContext,
  input: DeleteFunctionInput,
): Promise<string> {
  const guarded = guardedBy(context, input)
  const name = nameOf(input)
  await context.parts.administration.removeFunction({ ...guarded, ...name })
  return toGlobalId('Function', guarded.endpointId, name.mcpType, name.key)
}

/** @throws GatewayError `FUNCTION_NOT_FOUND`, `CONFLICT` */
export async function setStatus(
  context: ManagementContext,
  input: SetFunctionStatusInput,
): Promise<FunctionSource | null> {
  const guarded = guardedBy(context, input)
  const name = nameOf(input)
  const status = input.status === 'DISABLED' ? 'disabled' : 'active'
  if ((await findFunction(context, guarded.endpointId, name)) === null) throw notFound(name)
  await context.parts.catalog.setOverride({ ...guarded, ...name, status })
  return lookAgain(context, guarded.endpointId, name)
}

async function define(
  context: ManagementContext,
  definition: FunctionToDefine,
): Promise<FunctionSource | null> {
  await refield(FIELDS, () => context.parts.administration.defineFunction(definition))
  return lookAgain(context, definition.endpointId, definition)
}

/** As it is now: what was read of the endpoint before is forgotten. */
function lookAgain(
  context: ManagementContext,
  endpointId: EndpointId,
  name: FunctionName,
): Promise<FunctionSource | null> {
  context.loaders.clear()
  return findFunction(context, endpointId, name)
}

/** Where the input calls a field otherwise than the catalog. */
const FIELDS = { allow: 'access.allow', deny: 'access.deny' }

interface CodeInput {
  readonly moduleName?: string | null | undefined
  readonly className?: string | null | undefined
  readonly methodName?: string | null | undefined
  readonly isAsync?: boolean | null | undefined
}

function toCode({ moduleName, className, methodName, isAsync }: CodeInput) {
  const target = {
    ...(isGiven(moduleName) && { moduleName }),
    ...(isGiven(className) && { className }),
    ...(isGiven(methodName) && { functionName: methodName }),
  }
  return { target, isAsync: isAsync ?? undefined }
}

/** Its bundle says what it is. @throws GatewayError `INVALID_PARAMS` */
function refuseCode({ data, moduleName, className, methodName, isAsync }: UpdateFunctionInput) {
  const given = Object.entries({ data, moduleName, className, methodName, isAsync })
  const [field] = given.find(([, value]) => isGiven(value)) ?? []
  if (field === undefined) return
  throw invalid(`${field}: is its bundle's; only functions that were defined by hand change it`)
}

function readData(data: unknown): CapabilityData {
  if (isJsonObject(data)) return data
  throw invalid('data: must be an object, as a manifest says it')
}

const KEY_MEMBERS: { readonly [Type in McpType]: string } = {
  tool: 'name',
  resource: 'uri',
  resource_template: 'uriTemplate',
  prompt: 'name',
}

function keyOfData(mcpType: McpType, data: CapabilityData): string {
  const member = KEY_MEMBERS[mcpType]
  const key = data[member]
  if (typeof key === 'string' && key !== '') return key
  throw invalid(`data.${member}: must be a text that is not empty`)
}

/** Null: as its bundle says; absent: as it is. */
function toAccess(access: FunctionAccessInput | null | undefined): AccessRules | null | undefined {
  if (!isGiven(access)) return access
  const { allow, deny } = access
  return { ...(isGiven(allow) && { allow }), ...(isGiven(deny) && { deny }) }
}

function nameOf({
  type,
  key,
}: {
  readonly type: FunctionType
  readonly key: string
}): FunctionName {
  return { mcpType: toType(type), key }
}

function notFound({ key }: FunctionName): GatewayError {
  return new GatewayError(
    'FUNCTION_NOT_FOUND',
    `There is no function "${key.slice(0, 200)}" of this type at the endpoint`,
  )
}
