/** Which fields a query asks for below one of its fields. */
import { type FieldNode, type FragmentDefinitionNode, type GraphQLResolveInfo, Kind } from 'graphql'

/**
 * @param path names of fields, from the outside in: `edges`, `node`
 * @returns the names of the fields there. Also of those that a directive may leave out
 */
export function selectedFields(
  { fieldNodes, fragments }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>,
  path: readonly string[],
): ReadonlySet<string> {
  let level = fieldNodes.flatMap((field) => selectionsOf(field, fragments))
  for (const name of path)
    level = level.flatMap((field) =>
      field.name.value === name ? selectionsOf(field, fragments) : [],
    )
  return new Set(level.map(({ name }) => name.value))
}

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>

/** The fields below a node, those of fragments too. */
function selectionsOf(
  { selectionSet }: Pick<FieldNode | FragmentDefinitionNode, 'selectionSet'>,
  fragments: Fragments,
): FieldNode[] {
  return (selectionSet?.selections ?? []).flatMap((selection): FieldNode[] => {
    if (selection.kind === Kind.FIELD) return [selection]
    if (selection.kind === Kind.INLINE_FRAGMENT) return selectionsOf(selection, fragments)
    const fragment = fragments[selection.name.value]
    return fragment === undefined ? [] : selectionsOf(fragment, fragments)
  })
}
