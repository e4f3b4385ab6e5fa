/** A manifest as the catalog keeps it: functions with their code, modules with their settings. */
import type { AccessRules } from '../domain/access-rules.js'
import type {
  BundleDefinitions,
  FunctionDefinition,
  McpType,
  ModuleDefinition,
  Setting,
} from '../domain/capability.js'
import type { Manifest, ManifestModule, ModuleLink } from './manifest-schema.js'

type Item = Manifest['tools'][number] | Manifest['resources'][number] | Manifest['prompts'][number]

/** @param manifest checked, so that each item has its link and each link its module */
export function toDefinitions(manifest: Manifest): BundleDefinitions {
  const links = new Map(manifest.module_links.map((link) => [`${link.type} ${link.name}`, link]))
  const toFunctions = (type: ModuleLink['type'], items: readonly Item[]) =>
    items.flatMap((item) => {
      const link = links.get(`${type} ${item.name}`)
      return link === undefined ? [] : [toFunction(item, link)]
    })
  return {
    packageName: packageName(manifest),
    functions: [
      ...toFunctions('tool', manifest.tools),
      ...toFunctions('resource', manifest.resources),
      ...toFunctions('prompt', manifest.prompts),
    ],
    modules: manifest.modules.map(toModule),
  }
}

function packageName(manifest: Manifest): string {
  return manifest.modules[0]?.package_name ?? ''
}

/** Which setting a class's constructor gets. */
export function settingId(module: ManifestModule): string {
  return `${module.package_name}/${module.module_name}/${module.class_name}`
}

function toFunction(item: Item, link: ModuleLink): FunctionDefinition {
  const uri = item['uri'] ?? item['uriTemplate']
  return {
    mcpType: mcpType(item, link),
    name: item.name,
    ...(typeof uri === 'string' && link.type === 'resource' ? { uri } : {}),
    data: item,
    moduleName: link.module_name,
    className: link.class_name,
    functionName: link.function_name,
    isAsync: link.is_async ?? false,
    ...optionalMembers(link),
  }
}

/** Those that the link has; null is how other engines write that there is none. */
function optionalMembers(link: ModuleLink): Partial<FunctionDefinition> {
  const { task_support: taskSupport, asks_first: asksFirst, return_type: returnType } = link
  const { completion_function_name: completionFunctionName, redact, access } = link
  return {
    ...(taskSupport ? { taskSupport } : {}),
    ...(typeof asksFirst === 'boolean' ? { asksFirst } : {}),
    ...(completionFunctionName ? { completionFunctionName } : {}),
    ...(redact && redact.length > 0 ? { redact } : {}),
    ...(access ? { access: toAccess(access) } : {}),
    ...(typeof returnType === 'string' ? { returnType } : {}),
  }
}

function toAccess({ allow, deny }: NonNullable<ModuleLink['access']>): AccessRules {
  return { ...(allow && { allow }), ...(deny && { deny }) }
}

function mcpType(item: Item, link: ModuleLink): McpType {
  if (link.type !== 'resource') return link.type
  return typeof item['uriTemplate'] === 'string' ? 'resource_template' : 'resource'
}

function toModule(module: ManifestModule): ModuleDefinition {
  return {
    moduleName: module.module_name,
    className: module.class_name,
    settingId: settingId(module),
    ...(typeof module.source === 'string' ? { source: module.source } : {}),
    ...(module.network ? { network: module.network } : {}),
  }
}

/** What fills the placeholders of a setting. */
export type Variables = Readonly<Record<string, string>>

interface FilledSetting {
  readonly setting: Setting
  /** One sentence for each placeholder whose variable is not given. */
  readonly problems: readonly string[]
}

/** Names of a setting's members that a variable fills, wholly or in part. */
export function secretMembers(setting: Setting): string[] {
  const isFilled = (value: unknown): boolean => {
    if (typeof value === 'string') return value.search(PLACEHOLDER) >= 0
    return typeof value === 'object' && value !== null && Object.values(value).some(isFilled)
  }
  return Object.keys(setting).filter((name) => isFilled(setting[name]))
}

const PLACEHOLDER = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g

/**
 * Fills `${VAR}` in every string of a setting, nested ones too; what is filled in is not read
 * again.
 *
 * @param path of the setting inside the manifest, for the sentences
 */
export function fillSetting(setting: Setting, variables: Variables, path: string): FilledSetting {
  const problems: string[] = []
  const fill = (value: unknown, at: string): unknown => {
    if (typeof value === 'string')
      return value.replace(PLACEHOLDER, (placeholder, name: string) => {
        if (Object.hasOwn(variables, name)) return variables[name] ?? placeholder
        problems.push(`${at}: the variable ${name} is not given`)
        return placeholder
      })
    if (Array.isArray(value)) return value.map((item, index) => fill(item, `${at}[${index}]`))
    if (typeof value !== 'object' || value === null) return value
    return fillMembers(value, at)
  }
  const fillMembers = (value: object, at: string) =>
    Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, fill(member, `${at}.${key}`)]),
    )
  return { setting: fillMembers(setting, path), problems }
}
