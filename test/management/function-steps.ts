/** What tests of functions do and see, on two gateways. */
import { type Manager, managerOf, mutate, publishNotes, shown } from '../support/management.js'

const FIELDS = `id type name uri description data status origin methodName isAsync redact
  access { allow deny source } module { moduleName className } updatedAt updatedBy`

export interface Fn {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly updatedAt: string
  readonly [field: string]: unknown
}

export interface Named {
  readonly type: 'TOOL' | 'RESOURCE' | 'RESOURCE_TEMPLATE' | 'PROMPT'
  readonly key: string
}

export const tool = (key: string): Named => ({ type: 'TOOL', key })

/** As the other gateway shows it. */
export async function seen(manager: Manager, named: Named): Promise<Fn | null> {
  const query = `query ($type: FunctionType!, $key: String!) {
    endpoint { function(type: $type, key: $key) { ${FIELDS} } } }`
  const data = await shown<{ endpoint: { function: Fn | null } }>(manager.onSecond, query, named)
  return data.endpoint.function
}

export const change = (manager: Manager, name: string, input: object) =>
  mutate<{ function: Fn | null }>(manager.onFirst, name, input, `function { ${FIELDS} }`)

export const remove = (manager: Manager, input: object) =>
  mutate<{ deletedFunctionId: string | null }>(
    manager.onFirst,
    'deleteFunction',
    input,
    'deletedFunctionId',
  )

/** A copy of `greet` under another name. */
export const COPY = {
  type: 'TOOL',
  data: { name: 'by_hand', description: 'Defined by hand', inputSchema: { type: 'object' } },
  moduleName: 'notes',
  className: 'Notes',
  methodName: 'greet',
}

export async function withNotes(): Promise<Manager> {
  const manager = await managerOf()
  await publishNotes(manager.endpointId)
  return manager
}
