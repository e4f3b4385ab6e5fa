/**
 * `exclusiveMinimum: true` of JSON Schema draft-04, which libraries still generate: there it makes
 * `minimum` beside it exclusive, where later drafts want the number itself.
 */
import type { Ajv } from 'ajv'
import type { Ajv2020 } from 'ajv/dist/2020.js'

const BOUNDS = [
  {
    keyword: 'exclusiveMinimum',
    limit: 'minimum',
    sign: '>',
    fits: (value: number, bound: number) => value > bound,
  },
  {
    keyword: 'exclusiveMaximum',
    limit: 'maximum',
    sign: '<',
    fits: (value: number, bound: number) => value < bound,
  },
]

/** True when a schema may hold such a bound; a property of that name is a harmless false alarm. */
export function hasBooleanBounds(schema: unknown): boolean {
  return /"exclusive(?:Min|Max)imum":(?:true|false)/.test(JSON.stringify(schema))
}

/** Lets one Ajv instance read both forms. */
export function addBooleanBounds(ajv: Ajv | Ajv2020): void {
  for (const { keyword, limit, sign, fits } of BOUNDS) {
    ajv.removeKeyword(keyword)
    ajv.addKeyword({
      keyword,
      type: 'number',
      schemaType: ['number', 'boolean'],
      error: { message: `must be ${sign} its bound` },
      compile: (own: unknown, parent: Record<string, unknown>) => {
        const bound = own === true ? parent[limit] : own
        return (value: number) => typeof bound !== 'number' || fits(value, bound)
      },
    })
  }
}
