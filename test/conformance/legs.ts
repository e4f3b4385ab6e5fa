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
