/** What a link keeps out of the records of its calls. */
import { isPointer, POINTER_RULE, toSegments } from '../domain/json-pointer.js'
import { isJsonObject } from '../domain/json.js'
import type { Manifest, ModuleLink } from './manifest-schema.js'
import { walkSchema } from './schema-walk.js'

export function redactionProblems({ type, redact }: ModuleLink, path: string): string[] {
  if (redact === undefined || redact === null) return []
  if (type === 'resource')
    return [
      `${path}.redact: only the link of a tool or prompt may have it; what a resource is read with stands in its URI`,
    ]
  return redact.flatMap((pointer, index) =>
    isPointer(pointer) ? [] : [`${path}.redact[${index}]: expected ${POINTER_RULE}`],
  )
}

/** A name that is mistyped would let pass what its author meant to keep out. */
export function redactionWarnings(manifest: Manifest): string[] {
  return manifest.module_links.flatMap((link, index) => {
    const { type, name, redact } = link
    const declared = redact && redact.length > 0 ? argumentNames(manifest, link) : undefined
    if (!redact || declared === undefined) return []
    return redact.flatMap((pointer, at) => {
      const [argument] = toSegments(pointer)
      if (argument === undefined || declared.has(argument)) return []
      const path = `module_links[${index}].redact[${at}]`
      return [`${path}: ${type} "${name}" declares no argument ${JSON.stringify(argument)}`]
    })
  })
}

/** @returns undefined when nothing is declared */
function argumentNames(manifest: Manifest, { type, name }: ModuleLink) {
  const names =
    type === 'tool'
      ? propertyNames(manifest.tools.find((tool) => tool.name === name)?.inputSchema)
      : promptArguments(manifest, name)
  return names.length === 0 ? undefined : new Set(names)
}

/** Of the whole schema: `allOf` and `$ref` may put them anywhere. */
function propertyNames(schema: unknown): string[] {
  return [...walkSchema(schema, '')].flatMap(({ schema: { properties } }) =>
    isJsonObject(properties) ? Object.keys(properties) : [],
  )
}

function promptArguments({ prompts }: Manifest, name: string): string[] {
  const declared = prompts.find((prompt) => prompt.name === name)?.arguments ?? []
  return declared.map((argument) => argument.name)
}
