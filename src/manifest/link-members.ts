/** Members of a manifest's links that only some links may have. */
import { accessProblems } from './link-access.js'
import { redactionProblems, redactionWarnings } from './link-redaction.js'
import type { Manifest, ModuleLink } from './manifest-schema.js'

export function linkMemberProblems(manifest: Manifest): string[] {
  const templates = templateNames(manifest)
  return manifest.module_links.flatMap((link, index) => {
    const path = `module_links[${index}]`
    return [
      ...backgroundProblems(link, path),
      ...completionProblems(link, path, templates),
      ...redactionProblems(link, path),
      ...accessProblems(link, path),
    ]
  })
}

/** What is ignored although its author meant something by it. */
export function linkMemberWarnings(manifest: Manifest): string[] {
  const async = manifest.module_links.flatMap(({ type, is_async: isAsync }, index) =>
    isAsync === true && type !== 'tool'
      ? [`module_links[${index}].is_async: has no effect on a ${type}; only tools are async`]
      : [],
  )
  return [...async, ...redactionWarnings(manifest)]
}

const OF_ASYNC_TOOLS = ['task_support', 'asks_first'] as const

function backgroundProblems(link: ModuleLink, path: string): string[] {
  if (link.type === 'tool' && link.is_async === true) return []
  return OF_ASYNC_TOOLS.filter((member) => isGiven(link[member])).map(
    (member) => `${path}.${member}: only the link of a tool with is_async: true may have it`,
  )
}

function completionProblems(
  link: ModuleLink,
  path: string,
  templates: ReadonlySet<string>,
): string[] {
  if (!isGiven(link.completion_function_name)) return []
  if (link.type === 'prompt' || (link.type === 'resource' && templates.has(link.name))) return []
  return [
    `${path}.completion_function_name: only the link of a prompt, or of a resource with a uriTemplate, may have it`,
  ]
}

function templateNames({ resources }: Manifest): ReadonlySet<string> {
  const templates = resources.filter(({ uriTemplate }) => typeof uriTemplate === 'string')
  return new Set(templates.map(({ name }) => name))
}

/** Null is how other engines write that there is none. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
