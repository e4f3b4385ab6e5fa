/** Two modules of one bundle, each version of which says who it is, and what may be served of them. */
import { zipOf } from '../support/zip.js'

export const VERSIONS = ['one', 'two'] as const

const SIDES = ['left', 'right'] as const

/** `${LEFT}` and `${RIGHT}` are what its modules are set to. */
export function twinsZip(version: string): Buffer {
  const files = SIDES.map((side) => [`${side}/index.js`, sourceOf(side, version)] as const)
  return zipOf({ 'mcp_configuration.json': manifestOf(version), ...Object.fromEntries(files) })
}

function manifestOf(version: string): object {
  return {
    tools: SIDES.map((side) => ({
      name: `show_${side}`,
      description: version,
      inputSchema: { type: 'object' },
    })),
    module_links: SIDES.map((side) => ({
      type: 'tool',
      name: `show_${side}`,
      module_name: side,
      class_name: 'Side',
      function_name: 'show',
    })),
    modules: SIDES.map((side) => ({
      package_name: 'twins',
      module_name: side,
      class_name: 'Side',
      setting: { value: `\${${side.toUpperCase()}}` },
    })),
  }
}

/** What it shows of the other module comes from that one's own code. */
function sourceOf(side: (typeof SIDES)[number], version: string): string {
  const other = side === 'left' ? 'right' : 'left'
  return `import { VERSION as OTHERS } from '../${other}/index.js'
export const VERSION = '${version}'
export class Side {
  constructor(setting) {
    this.setting = setting
  }
  show() {
    return { ${side}: VERSION, ${other}: OTHERS, value: this.setting.value }
  }
}
`
}

/** What an endpoint offers at a time. */
export interface TwinsState {
  readonly version: string
  readonly left: string
  readonly right: string
  /** `show_left` may be disabled. */
  readonly isLeftOn: boolean
}

export const LOOKS = ['show_left', 'show_right', 'tools/list'] as const

export type Look = (typeof LOOKS)[number]

/** What whoever looks is shown of a state, as text. */
export function shownOf({ version, left, right, isLeftOn }: TwinsState, look: Look): string {
  const both = { left: version, right: version }
  if (look === 'tools/list')
    return JSON.stringify([...(isLeftOn ? [['show_left', version]] : []), ['show_right', version]])
  if (look === 'show_right') return toText({ ...both, value: right })
  return isLeftOn ? toText({ ...both, value: left }) : 'unknown'
}

/** A function's answer, its members in one order. */
export function toText({ left, right, value }: Record<string, unknown>): string {
  return JSON.stringify({ left, right, value })
}
