/** Functions that an operator defines by hand, at the endpoint of a test. */
import type { FunctionToDefine } from '../../src/catalog/administration.js'
import type { DynamoCatalog } from '../../src/catalog/dynamo-catalog.js'
import { endpointId } from './own-endpoint.js'

export const TARGET = { moduleName: 'weather', className: 'Weather', functionName: 'lookup' }

export const dataOf = (name: string) => ({
  name,
  description: `does ${name}`,
  inputSchema: { type: 'object' },
})

export const define = (catalog: DynamoCatalog, more: Partial<FunctionToDefine> = {}) => {
  const { key = 'mine' } = more
  const data = more.mode === 'update' ? undefined : dataOf(key)
  const target = more.mode === 'update' ? {} : TARGET
  const fn = { endpointId, mcpType: 'tool', mode: 'create', actor: 'op' } as const
  return catalog.administration.defineFunction({ ...fn, key, data, target, ...more })
}

export const remove = (catalog: DynamoCatalog, more: object = {}) =>
  catalog.administration.removeFunction({
    endpointId,
    mcpType: 'tool',
    key: 'mine',
    actor: 'op',
    ...more,
  })

export const names = async (catalog: DynamoCatalog) =>
  (await catalog.snapshot(endpointId)).list('tool').map(({ name }) => name)

export const listed = async ({ administration }: DynamoCatalog, name = 'mine') =>
  (await administration.inventory(endpointId)).functions.find(({ fn }) => fn.name === name)
