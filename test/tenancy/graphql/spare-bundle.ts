/** A bundle that its tenant can lose: whatever a mutation does to it, nobody's calls notice. */
import { zipOf } from '../../support/zip.js'

export interface Spare {
  /** Its module is called the same. */
  readonly packageName: string
  readonly tool: string
  readonly described: string
  /** Of a setting that may be shown: the name of a member, and its value. */
  readonly member: string
  readonly shown: string
  /** Makes it another version. */
  readonly version: number
}

/** Of the variable that its setting is filled from. */
export const SEALED = 'SEALED'

/** Classes whose constructors receive nothing at first. */
export const EMPTY_CLASSES = ['Empty', 'Void'] as const

export function spareManifest({ packageName, tool, described, member, shown }: Spare) {
  const code = { module_name: packageName, class_name: 'Spare' }
  const of = (className: string, setting: object) => ({
    package_name: packageName,
    module_name: packageName,
    class_name: className,
    setting,
  })
  return {
    tools: [{ name: tool, description: described, inputSchema: { type: 'object' } }],
    module_links: [{ type: 'tool', name: tool, ...code, function_name: 'look' }],
    modules: [
      of('Spare', { [member]: shown, sealed: `\${${SEALED}}` }),
      ...EMPTY_CLASSES.map((name) => of(name, {})),
    ],
  }
}

export function spareZip(spare: Spare): Buffer {
  return zipOf({
    'mcp_configuration.json': spareManifest(spare),
    [`${spare.packageName}/index.js`]: `${CODE}// ${spare.version}\n`,
  })
}

const CODE = `
export class Spare { look() { return 'spare' } }
export class Empty { look() { return 'empty' } }
export class Void { look() { return 'void' } }
`
