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
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import { createAccessRules, type ReadAccess } from './access-of.js'
import type {
  Background,
  CatalogFunction,
  FunctionOverride,
  Snapshot,
  TemplateMatch,
} from './catalog.js'
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
  readonly endpointId: EndpointId
  readonly version: string
  /** In order of package name: should two declare the same function, the first has it. */
  readonly bundles: readonly ActiveBundle[]
  /** What operators have set. Default: nothing. */
  readonly overrides?: readonly FunctionOverride[] | undefined
  /** Where schemas are named that take too long. */
  readonly log?: Log | undefined
}

export function buildSnapshot({ endpointId, version, ...given }: SnapshotParts): Snapshot {
  const { read, rules } = createAccessRules(given.overrides)
  const parts = { ...given, readAccess: read }
  const all = new Map(MCP_TYPES.map((type) => [type, functionsOf(parts, type)] as const))
  const lists = mapValues(all, inOrder)
  const templates = compileTemplates(lists.get('resource_template') ?? [])
  const disabled = [...lists.values()].flat().filter(({ isDisabled }) => isDisabled)
  const whole = { endpointId, version, all, lists, templates, rules, disabled }
  return toSnapshot(disabled.length === 0 ? whole : reduce(whole, (fn) => !fn.isDisabled))
}

interface Content extends Pick<Snapshot, 'endpointId' | 'version' | 'rules' | 'disabled'> {
  readonly all: ReadonlyMap<McpType, FunctionsByKey>
  readonly lists: ReadonlyMap<McpType, readonly CatalogFunction[]>
  readonly templates: readonly CompiledTemplate[]
  /** What it is a part of. */
  readonly whole?: Content | undefined
}

function toSnapshot(content: Content): Snapshot {
  const { endpointId, version, all, lists, templates, rules, disabled } = content
  return Object.freeze({
    endpointId,
    version,
    find: (mcpType: McpType, key: string) => all.get(mcpType)?.get(key),
    matchTemplate: (uri: string) => firstMatch(templates, uri),
    list: (mcpType: McpType) => lists.get(mcpType) ?? [],
    only: (isIn: (fn: CatalogFunction) => boolean) => toSnapshot(reduce(content, isIn)),
    hides: (uri: string) =>
      content.whole !== undefined && serves(content.whole, uri) && !serves(content, uri),
    rules,
    disabled,
  })
}

function serves({ all, templates }: Content, uri: string): boolean {
  return all.get('resource')?.has(uri) === true || firstMatch(templates, uri) !== undefined
}

/** Nothing is compiled or sorted again. */
function reduce(content: Content, isIn: (fn: CatalogFunction) => boolean): Content {
  const lists = mapValues(content.lists, (functions) => Object.freeze(functions.filter(isIn)))
  return {
    ...content,
    lists,
    all: mapValues(lists, (functions) => new Map(functions.map((fn) => [fn.uri ?? fn.name, fn]))),
    templates: content.templates.filter(({ template }) => isIn(template)),
    whole: content.whole ?? content,
  }
}

function mapValues<From, To>(
  map: ReadonlyMap<McpType, From>,
  toValue: (value: From) => To,
): ReadonlyMap<McpType, To> {
  return new Map([...map].map(([type, value]) => [type, toValue(value)] as const))
}

type FunctionsByKey = ReadonlyMap<string, CatalogFunction>

interface FunctionParts extends Pick<SnapshotParts, 'bundles' | 'log'> {
  readonly readAccess: ReadAccess
}

function functionsOf({ bundles, ...parts }: FunctionParts, mcpType: McpType): FunctionsByKey {
  const functions = new Map<string, CatalogFunction>()
  for (const bundle of bundles) {
    for (const definition of bundle.definitions.functions) {
      const key = definition.uri ?? definition.name
      if (definition.mcpType !== mcpType || functions.has(key)) continue
      functions.set(key, toCatalogFunction(definition, bundle, parts))
    }
  }
  return functions
}

function toCatalogFunction(
  definition: FunctionDefinition,
  bundle: ActiveBundle,
  { log, readAccess }: Omit<FunctionParts, 'bundles'>,
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
    ...readAccess(definition),
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
