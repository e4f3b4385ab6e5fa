/** What a port refuses names its own field: the caller of a mutation reads that of the input. */
import { GatewayError } from '../domain/errors.js'

/**
 * @param fields of the port → of the input
 * @throws what `work` throws, with the input's field at its beginning
 */
export async function refield<Result>(
  fields: Readonly<Record<string, string>>,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const [, field = '', rest = ''] = /^(\w+)(: [^]*)$/.exec(error.message) ?? []
    const renamed = Object.hasOwn(fields, field) ? fields[field] : undefined
    if (renamed === undefined) throw error
    throw new GatewayError(error.code, `${renamed}${rest}`, {
      cause: error,
      data: error.data ?? {},
    })
  }
}
