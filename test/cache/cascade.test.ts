import { describe, expect, it } from 'vitest'
import { fallsWith, MADE_FROM } from '../../src/cache/cascade.js'
import { CACHE_KINDS } from '../../src/domain/cache-kind.js'

describe('the table of what is forgotten with what', () => {
  it('names nothing before what it is made from', () => {
    const places = CACHE_KINDS.flatMap((kind, at) =>
      MADE_FROM[kind].map((made) => [kind, made, CACHE_KINDS.indexOf(made) > at]),
    )
    expect(places.filter(([, , isLater]) => isLater !== true)).toEqual([])
  })

  it.each([
    ['setting', ['setting', 'module', 'function', 'worker', 'snapshot', 'list']],
    ['module', ['module', 'function', 'worker', 'snapshot', 'list']],
    ['function', ['function', 'worker', 'snapshot', 'list']],
    ['bundle', ['bundle', 'worker', 'snapshot', 'list']],
    ['worker', ['worker']],
    ['snapshot', ['snapshot', 'list']],
    ['list', ['list']],
  ] as const)('lets fall with a %s: %j', (scope, falling) => {
    expect(fallsWith(scope)).toEqual(falling)
  })
})
