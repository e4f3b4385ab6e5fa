/** What a manifest's lists say about each other: names, links and modules must fit. */
import type { Manifest } from './manifest-schema.js'

export function linkProblems(manifest: Manifest): string[] {
  return [
    ...nameProblems(manifest),
    ...uriProblems(manifest),
    ...moduleProblems(manifest),
    ...targetProblems(manifest),
  ]
}

const ITEM_LISTS = [
  ['tool', 'tools'],
  ['resource', 'resources'],
  ['prompt', 'prompts'],
] as const

function nameProblems(manifest: Manifest): string[] {
  const promptArguments = manifest.prompts.flatMap((prompt, index) =>
    repeated(
      (prompt.arguments ?? []).map(({ name }, at) => ({
        key: name,
        path: `prompts[${index}].arguments[${at}].name`,
      })),
    ),
  )
  const items = ITEM_LISTS.flatMap(([, list]) =>
    repeated(
      manifest[list].map(({ name }, index) => ({ key: name, path: `${list}[${index}].name` })),
    ),
  )
  return [...items, ...promptArguments]
}

function uriProblems({ resources }: Manifest): string[] {
  const isOneOfTwo = resources.flatMap(({ uri, uriTemplate }, index) => {
    const count = [uri, uriTemplate].filter((value) => typeof value === 'string').length
    if (count === 1) return []
    return [
      `resources[${index}]: expected ${count === 0 ? 'a uri or a uriTemplate' : 'a uri or a uriTemplate, not both'}`,
    ]
  })
  const uris = (['uri', 'uriTemplate'] as const).flatMap((member) =>
    repeated(
      resources.flatMap((resource, index) => {
        const key = resource[member]
        return typeof key === 'string' ? [{ key, path: `resources[${index}].${member}` }] : []
      }),
    ),
  )
  return [...isOneOfTwo, ...uris]
}

function moduleProblems({ modules }: Manifest): string[] {
  const first = modules[0]?.package_name
  const packages = modules.flatMap(({ package_name: name }, index) =>
    name === first
      ? []
      : [
          `modules[${index}].package_name: is "${name}" but modules[0] is of "${first}"; a bundle is one package`,
        ],
  )
  const classes = modules.map((module, index) => ({
    key: `${module.module_name}/${module.class_name}`,
    path: `modules[${index}]`,
  }))
  return [...packages, ...repeated(classes)]
}

function targetProblems(manifest: Manifest): string[] {
  const linkOf = new Map<string, string>()
  const problems: string[] = []
  const items = new Set(
    ITEM_LISTS.flatMap(([type, list]) => manifest[list].map(({ name }) => `${type} "${name}"`)),
  )
  const classes = new Set(manifest.modules.map((m) => `${m.module_name}/${m.class_name}`))
  for (const [index, link] of manifest.module_links.entries()) {
    const path = `module_links[${index}]`
    const item = `${link.type} "${link.name}"`
    const earlier = linkOf.get(item)
    if (!items.has(item)) problems.push(`${path}.name: there is no ${item}`)
    if (earlier !== undefined) problems.push(`${path}: ${item} is linked already by ${earlier}`)
    if (!classes.has(`${link.module_name}/${link.class_name}`))
      problems.push(
        `${path}: modules declares no class "${link.class_name}" of module "${link.module_name}"`,
      )
    linkOf.set(item, earlier ?? path)
  }
  return [...problems, ...unlinked(manifest, linkOf)]
}

function unlinked(manifest: Manifest, linkOf: ReadonlyMap<string, string>): string[] {
  return ITEM_LISTS.flatMap(([type, list]) =>
    manifest[list].flatMap(({ name }, index) =>
      linkOf.has(`${type} "${name}"`)
        ? []
        : [
            `${list}[${index}]: no entry of module_links says which code answers for ${type} "${name}"`,
          ],
    ),
  )
}

interface Keyed {
  readonly key: string
  readonly path: string
}

function repeated(entries: readonly Keyed[]): string[] {
  const first = new Map<string, string>()
  return entries.flatMap(({ key, path }) => {
    const earlier = first.get(key)
    if (earlier !== undefined) return [`${path}: "${key}" is declared already at ${earlier}`]
    first.set(key, path)
    return []
  })
}
