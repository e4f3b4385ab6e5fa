/**
 * The form of `mcp_configuration.json`. Members that are not named here are kept: clients are shown
 * a tool, resource or prompt as its author wrote it. Optional members may be null, as they are in
 * the manifests of other engines.
 */
import { z } from 'zod'
import { NETWORK_ACCESS } from '../domain/network.js'
import { MANIFEST_FILE } from '../bundles/module-file.js'
import { MAX_ACCESS_RULES } from '../domain/access-rules.js'
import { TASK_SUPPORT } from '../domain/capability.js'
import { MAX_POINTERS } from '../domain/json-pointer.js'

/** Each list of a manifest; the catalog writes a row for each function. */
const MAX_ITEMS = 5_000
const MAX_RESOURCE_NAME = 256

const Name = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,128}$/, 'expected 1 to 128 of A-Z, a-z, 0-9, _, . and -')
  .describe('Unique among the tools, or among the prompts; some clients allow 64 characters only')

const FolderName = z
  .string()
  .regex(
    /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/,
    'expected 1 to 128 of A-Z, a-z, 0-9, _, . and -, not beginning with a dot',
  )

const Identifier = z
  .string()
  .regex(/^[A-Za-z_$][A-Za-z0-9_$]{0,127}$/, 'expected a JavaScript name of at most 128 characters')
  .refine((name) => name !== 'constructor' && name !== '__proto__', 'is a reserved name')

const JsonSchema = z.looseObject({}).describe('JSON Schema 2020-12')

const shown = {
  title: z.string().nullish(),
  description: z.string().nullish().describe('Agents choose by it; say what it does and returns'),
  icons: z.array(z.looseObject({ src: z.string() })).nullish(),
  _meta: z.looseObject({}).nullish(),
}

const Tool = z.looseObject({
  name: Name,
  ...shown,
  inputSchema: JsonSchema.describe('JSON Schema 2020-12; its root type is object'),
  outputSchema: JsonSchema.nullish().describe('What structuredContent conforms to'),
  annotations: z.looseObject({}).nullish(),
})

const Resource = z
  .looseObject({
    uri: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/, 'expected an absolute URI such as docs://guide')
      .nullish(),
    uriTemplate: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/, 'expected a URI template such as docs://{page}')
      .nullish(),
    name: z.string().min(1).max(MAX_RESOURCE_NAME),
    ...shown,
    mimeType: z.string().nullish(),
    annotations: z.looseObject({}).nullish(),
  })
  .describe('Has a uri, or a uriTemplate if it stands for many')

const PromptArgument = z.looseObject({
  name: z.string().min(1).max(128),
  title: z.string().nullish(),
  description: z.string().nullish(),
  required: z.boolean().nullish(),
})

const Prompt = z.looseObject({
  name: Name,
  ...shown,
  arguments: z.array(PromptArgument).max(100).nullish(),
})

const AccessRules = z
  .array(z.string().describe('role:NAME, user:GLOB or key:GLOB'))
  .max(MAX_ACCESS_RULES)
  .nullish()

/** Strict: a list whose name is mistyped would let in everybody. */
const Access = z
  .strictObject({ allow: AccessRules, deny: AccessRules })
  .describe(
    'Who may call it: whom nothing of deny and, where there is one, something of allow fits',
  )

const ModuleLink = z
  .looseObject({
    type: z.enum(['tool', 'resource', 'prompt'], {
      error: 'expected "tool", "resource" or "prompt"',
    }),
    name: z.string().min(1).max(MAX_RESOURCE_NAME).describe('The name of the item it answers for'),
    module_name: FolderName,
    class_name: Identifier,
    function_name: Identifier,
    return_type: z.string().nullish(),
    is_async: z
      .boolean()
      .nullish()
      .describe('Of a tool. True: it goes on in the background, its caller gets a handle at once'),
    task_support: z
      .enum(TASK_SUPPORT, { error: 'expected "optional" or "required"' })
      .nullish()
      .describe(
        'With is_async. required: a client without the tasks extension is refused; optional, the default: it gets a link to the result',
      ),
    asks_first: z
      .boolean()
      .nullish()
      .describe('With is_async. True: what it asks at first is asked before there is a handle'),
    completion_function_name: Identifier.nullish().describe(
      'Of a prompt, or of a resource with a uriTemplate: the method of the same class that suggests values for its arguments or variables',
    ),
    redact: z
      .array(z.string().meta({ format: 'json-pointer' }))
      .max(MAX_POINTERS)
      .nullish()
      .describe('Of a tool or prompt: where in its arguments lies what no record may hold'),
    access: Access.nullish(),
  })
  .describe('Which method answers for a tool, resource or prompt')

const Module = z
  .looseObject({
    package_name: FolderName.describe('The same in all modules: a bundle is one package'),
    module_name: FolderName,
    class_name: Identifier,
    setting: z
      .looseObject({})
      .nullish()
      .describe('Given to the constructor; ${VAR} is filled from the variables of the upload'),
    source: z.string().nullish(),
    network: z
      .enum(NETWORK_ACCESS, { error: 'expected "none", "brokered" or "all"' })
      .nullish()
      .describe('What its code may reach: nothing, public addresses by fetch (default), or all'),
  })
  .describe('A class of the bundle and its setting')

export const Manifest = z
  .looseObject({
    tools: z.array(Tool).max(MAX_ITEMS).default([]),
    resources: z.array(Resource).max(MAX_ITEMS).default([]),
    prompts: z.array(Prompt).max(MAX_ITEMS).default([]),
    module_links: z.array(ModuleLink).max(3 * MAX_ITEMS),
    modules: z.array(Module).min(1).max(MAX_ITEMS),
  })
  .meta({ title: MANIFEST_FILE, description: 'The manifest of a function bundle' })

export type Manifest = z.output<typeof Manifest>
export type ManifestTool = z.output<typeof Tool>
export type ModuleLink = z.output<typeof ModuleLink>
export type ManifestModule = z.output<typeof Module>

/** The JSON Schema of a manifest, for editors; `mcp-configuration.schema.json` is a copy of it. */
export function manifestJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(Manifest, { io: 'input' })
}
