/** What an endpoint offers, as one immutable object built from its active bundle versions. */
import type { BundleRef } from '../domain/bundle-ref.js'
import {
  type BundleDefinitions,
  type FunctionDefinition,
  MCP_TYPES,
  type McpType,
  type ModuleDefinition,
  type Setting,
} from '../domain/capability.js'
import type { Log } from '../telemetry/telemetry.js'
import type { Background, CatalogFunction, Snapshot, TemplateMatch } from './catalog.js'
import { createValidator, type Validator } from './json-schema.js'
import { createUriTemplate, templateProblems, type UriTemplate } from './uri-template.js'
import type { TimedOut } from './watchdog.js'

/** One package as it is active now. */
export interface ActiveBundle {
  readonly ref: BundleRef
  readonly definitions: BundleDefinitions
  /** By setting id. */
  readonly settings: ReadonlyMap<string, Setting>
}

export interface SnapshotParts {
  readonly endpointId: string
  readonly version: string
  /** In order of package name: should two declare the same function, the first has it. */
  readonly bundles: readonly ActiveBundle[]
  /** Where schemas are named that take too long. */
  readonly log?: Log | undefined
}

export function buildSnapshot({ endpointId, version, ...parts }: SnapshotParts): Snapshot {
  const byType = new Map(MCP_TYPES.map((type) => [type, functionsOf(parts, type)] as const))
  const lists = new Map([...byType].map(([type, functions]) => [type, inOrder(functions)] as const))
  const templates = compileTemplates(lists.get('resource_template') ?? [])
  return Object.freeze({
    endpointId,
    version,
    find: (mcpType: McpType, key: string) => byType.get(mcpType)?.get(key),
    matchTemplate: (uri: string) => firstMatch(templates, uri),
    list: (mcpType: McpType) => lists.get(mcpType) ?? [],
  })
}

type FunctionsByKey = ReadonlyMap<string, CatalogFunction>

type FunctionParts = Pick<SnapshotParts, 'bundles' | 'log'>

function functionsOf({ bundles, log }: FunctionParts, mcpType: McpType): FunctionsByKey {
  const functions = new Map<string, CatalogFunction>()
  for (const bundle of bundles) {
    for (const definition of bundle.definitions.functions) {
      const key = definition.uri ?? definition.name
      if (definition.mcpType !== mcpType || functions.has(key)) continue
      functions.set(key, toCatalogFunction(definition, bundle, log))
    }
  }
  return functions
}

function toCatalogFunction(
  definition: FunctionDefinition,
  bundle: ActiveBundle,
  log: Log | undefined,
): CatalogFunction {
  const { mcpType, name, uri, data, moduleName, className, functionName } = definition
  const { completionFunctionName } = definition
  const module = moduleOf(definition, bundle)
  const setting = (module && bundle.settings.get(module.settingId)) ?? {}
  const { network } = module ?? {}
  const target = { bundle: bundle.ref, moduleName, className, functionName, setting, network }
  return Object.freeze({
    mcpType,
    name,
    uri,
    data,
    target,
    background: backgroundOf(definition),
    completion:
      completionFunctionName === undefined
        ? undefined
        : { ...target, functionName: completionFunctionName },
    redact: definition.redact,
    inputProblems: validatorOf({ definition, bundle, log }, 'inputSchema', 'arguments'),
    outputProblems: validatorOf({ definition, bundle, log }, 'outputSchema', 'structuredContent'),
  })
}

function backgroundOf({ mcpType, ...definition }: FunctionDefinition): Background | undefined {
  const { isAsync, taskSupport = 'optional', asksFirst = false } = definition
  return isAsync && mcpType === 'tool' ? { taskSupport, asksFirst } : undefined
}

function moduleOf(
  { moduleName, className }: FunctionDefinition,
  { definitions }: ActiveBundle,
): ModuleDefinition | undefined {
  return definitions.modules.find(
    (candidate) => candidate.moduleName === moduleName && candidate.className === className,
  )
}

interface Declared {
  readonly definition: FunctionDefinition
  readonly bundle: ActiveBundle
  readonly log: Log | undefined
}

function validatorOf(
  { definition, bundle, log }: Declared,
  member: string,
  name: string,
): Validator {
  const { mcpType, name: tool, data } = definition
  const schema = data[member]
  if (mcpType !== 'tool' || schema === undefined || schema === null) return () => []
  const onTimeOut = ({ limitMs }: TimedOut) =>
    log?.warn({ ...bundle.ref, tool, member, limitMs }, 'a schema reached its time limit')
  return createValidator(schema, name, { onTimeOut })
}

/** By name, then by URI; by code unit, so that every machine has the same order. */
function inOrder(functions: FunctionsByKey): readonly CatalogFunction[] {
  return Object.freeze(
    [...functions.values()].sort(
      (a, b) => compare(a.name, b.name) || compare(a.uri ?? '', b.uri ?? ''),
    ),
  )
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

interface CompiledTemplate {
  readonly template: CatalogFunction
  readonly pattern: UriTemplate
}

/** The most specific first. A template that is none fits nothing; publishing has refused it. */
function compileTemplates(functions: readonly CatalogFunction[]): readonly CompiledTemplate[] {
  return functions
    .filter(({ uri = '' }) => templateProblems(uri).length === 0)
    .map((template) => ({ template, pattern: createUriTemplate(template.uri ?? '') }))
    .sort((a, b) => b.pattern.literalChars - a.pattern.literalChars)
}

function firstMatch(
  templates: readonly CompiledTemplate[],
  uri: string,
): TemplateMatch | undefined {
  for (const { template, pattern } of templates) {
    const params = pattern.match(uri)
    if (params) return { template, params }
  }
  return undefined
}
