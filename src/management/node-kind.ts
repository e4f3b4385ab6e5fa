/** What a type of objects with global ids says of itself. */
import type { EndpointId } from '../domain/tenant.js'
import type { ManagementContext } from './context.js'
import type { FieldRight } from './rights.js'

export interface NodeKind<Source> {
  /** Whoever has it may look one up by its id. */
  readonly right: FieldRight
  readonly idOf: (source: Source) => string
  /** @param key as `idOf` has put it into the id */
  read(
    context: ManagementContext,
    endpointId: EndpointId,
    key: readonly string[],
  ): Promise<Source | null>
}
