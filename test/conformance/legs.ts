/** The exact release of the official suite: a new one may bring new scenarios. */
export const SUITE = '@modelcontextprotocol/conformance@0.2.0-alpha.12'

export interface Leg {
  readonly name: string
  readonly flags: readonly string[]
}

/** Each leg is one run of the suite. */
export const legs: readonly Leg[] = [
  { name: 'requirements-2025-11-25', flags: ['--requirements', '2025-11-25'] },
  { name: 'requirements-2026-07-28', flags: ['--requirements', '2026-07-28'] },
  { name: 'suite-all', flags: ['--suite', 'all'] },
  { name: 'spec-2025-06-18', flags: ['--suite', 'active', '--spec-version', '2025-06-18'] },
]

/** Scenarios that no list of expected failures may excuse. */
export const mustPass: readonly string[] = [
  'server-initialize',
  'ping',
  'tools-list',
  'tools-call-simple-text',
  'tools-call-image',
  'tools-call-audio',
  'tools-call-embedded-resource',
  'tools-call-mixed-content',
  'tools-call-error',
  'tools-call-with-progress',
  'tools-call-with-logging',
  'resources-list',
  'resources-read-text',
  'resources-read-binary',
  'resources-templates-read',
  'prompts-list',
  'prompts-get-simple',
  'prompts-get-with-args',
  'prompts-get-embedded-resource',
  'prompts-get-with-image',
  'dns-rebinding-protection',
  'caching',
  'http-header-validation',
  'sep-2164-resource-not-found',
  'json-schema-2020-12',
]
