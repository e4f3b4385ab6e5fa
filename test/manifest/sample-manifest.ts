/** A manifest that is right, and its parts, for tests to spoil. */
import type { ManifestChecks } from '../../src/manifest/manifest-checks.js'
import { readManifest } from '../../src/manifest/manifest.js'
import { schemaProblems } from '../../src/catalog/json-schema.js'
import { GatewayError } from '../../src/domain/errors.js'

export const checks: ManifestChecks = {
  schemaProblems,
  templateProblems: (template) => (template.includes('{#') ? ['{#name} is not supported'] : []),
}

export type Json = Record<string, unknown>

export const tool = (more: Json = {}): Json => ({
  name: 'lookup',
  description: 'Looks up the weather of a city',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
  ...more,
})
export const link = (more: Json = {}): Json => ({
  type: 'tool',
  name: 'lookup',
  module_name: 'weather',
  class_name: 'Weather',
  function_name: 'lookup',
  ...more,
})
export const module = (more: Json = {}): Json => ({
  package_name: 'weather_tools',
  module_name: 'weather',
  class_name: 'Weather',
  setting: {},
  source: '',
  ...more,
})
export const manifest = (more: Json = {}): Json => ({
  tools: [tool()],
  module_links: [link()],
  modules: [module()],
  ...more,
})
/** A manifest whose one tool has this input schema. */
export const withSchema = (inputSchema: unknown) => manifest({ tools: [tool({ inputSchema })] })
export const withProperties = (properties: Json) => withSchema({ type: 'object', properties })
export const resource = (more: Json): Json => ({ name: 'guide', description: 'A guide', ...more })
export const withResource = (more: Json) =>
  manifest({
    resources: [resource(more)],
    module_links: [link(), link({ type: 'resource', name: 'guide' })],
  })

/** What `readManifest` says against a value or a text, one sentence each. */
export function problemsOf(value: unknown): readonly string[] {
  try {
    readManifest(typeof value === 'string' ? value : JSON.stringify(value), checks)
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'BUNDLE_INVALID') throw error
    const problems = error.data?.['problems']
    return Array.isArray(problems) ? problems : [error.message]
  }
  return []
}
