/** What tests of bundles do and see, on two gateways. */
import { createHash } from 'node:crypto'
import { type Manager, mutate, shown } from '../support/management.js'

const PUBLISHED = `version { id sha256 isActive package { packageName }
  functionCounts { tools resources resourceTemplates prompts disabled } } isChanged warnings`

interface Published {
  readonly version: { readonly id: string; readonly sha256: string } | null
  readonly isChanged: boolean
  readonly warnings: readonly string[]
}

export const publish = (manager: Manager, name: string, input: object) =>
  mutate<Published>(manager.onFirst, name, input, PUBLISHED)

export const VARIABLES = [{ name: 'TOKEN', value: 'the-secret-of-the-notes' }]
export const COUNTS = { tools: 4, resources: 1, resourceTemplates: 1, prompts: 1, disabled: 0 }
export const NOTHING = { version: null, isChanged: false, warnings: [] }

export const sha256Of = (zip: Buffer) => createHash('sha256').update(zip).digest('hex')

/** What the other gateway shows of the package. */
export async function seen({ onSecond }: Manager) {
  interface Package {
    readonly activeVersion: { readonly sha256: string }
    readonly versions: { readonly nodes: readonly { readonly sha256: string }[] }
    readonly updatedAt: string
  }
  const query = `{ endpoint { package(packageName: "notes") { updatedAt
    activeVersion { sha256 } versions { nodes { sha256 } } } } }`
  const data = await shown<{ endpoint: { package: Package } }>(onSecond, query)
  const { activeVersion, versions, updatedAt } = data.endpoint.package
  return { active: activeVersion.sha256, all: versions.nodes.map((node) => node.sha256), updatedAt }
}
