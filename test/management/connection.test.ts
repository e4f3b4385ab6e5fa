import { describe, expect, it } from 'vitest'
import { type PageArguments, pageOf, readRange } from '../../src/management/connection.js'
import type { ConnectionSource } from '../../src/management/sources.js'
import { createSeeded, testSeed } from '../support/seeded.js'

const order = { keyOf: (name: string) => name, scope: ['names', 'acme'] }
const letters = 'abcdefghij'.split('')

describe('a page of what is in memory', () => {
  it('goes on after a cursor, and before one', () => {
    const first = pageOf(letters, { first: 3 }, order)
    expect(first.edges.map(({ node }) => node)).toEqual(['a', 'b', 'c'])
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    expect(first.totalCount).toBe(10)
    const second = pageOf(letters, { first: 3, after: first.pageInfo.endCursor }, order)
    expect(second.edges.map(({ node }) => node)).toEqual(['d', 'e', 'f'])
    expect(second.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true })
    const last = pageOf(letters, { last: 2 }, order)
    expect(last.edges.map(({ node }) => node)).toEqual(['i', 'j'])
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
    const before = pageOf(letters, { last: 2, before: last.pageInfo.startCursor }, order)
    expect(before.edges.map(({ node }) => node)).toEqual(['g', 'h'])
  })

  it('has no cursors where it is empty', () => {
    expect(pageOf([], {}, order)).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
      totalCount: 0,
    })
  })

  it('says what is on either side of it, also where it is empty', () => {
    const all = pageOf(letters, { first: 10 }, order).pageInfo
    const sides = (args: PageArguments, nodes = letters) => {
      const { edges, pageInfo } = pageOf(nodes, args, order)
      return [edges.length, pageInfo.hasPreviousPage, pageInfo.hasNextPage]
    }
    expect(sides({ after: all.endCursor })).toEqual([0, true, false])
    expect(sides({ before: all.startCursor })).toEqual([0, false, true])
    expect(sides({ after: all.startCursor }, ['a'])).toEqual([0, true, false])
    expect(sides({ after: all.startCursor }, [])).toEqual([0, false, false])
  })

  it('refuses a cursor of another list, of another endpoint, and what is none', () => {
    const { pageInfo } = pageOf(letters, { first: 1 }, order)
    for (const scope of [['names', 'other'], ['others', 'acme'], ['names']])
      expect(() => pageOf(letters, { after: pageInfo.endCursor }, { ...order, scope })).toThrow(
        expect.objectContaining({ code: 'CURSOR_INVALID' }),
      )
    for (const after of ['', 'nonsense', 'e30', 'W10'])
      expect(() => pageOf(letters, { after }, order)).toThrow(
        expect.objectContaining({ code: 'CURSOR_INVALID' }),
      )
  })

  it.each<[PageArguments, RegExp]>([
    [{ first: 0 }, /^first: /],
    [{ first: 101 }, /^first: /],
    [{ last: -1 }, /^last: /],
    [{ first: 1, last: 1 }, /^last: /],
    [{ after: 'a', before: 'b' }, /^before: /],
    [{ last: 1, after: 'a' }, /^last: /],
    [{ first: 1, before: 'a' }, /^first: /],
  ])('refuses %j, naming the argument', (args, message) => {
    expect(() => readRange(args)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMS' }))
    expect(() => readRange(args)).toThrow(message)
  })

  it('shows nothing twice and loses nothing, whatever comes and goes between two pages', () => {
    const random = createSeeded(testSeed(20261121))
    const anyName = () => `n${random.integer(0, 999)}`
    for (let round = 0; round < 200; round++) {
      const lasting = new Set(Array.from({ length: 30 }, anyName))
      const present = new Set(lasting)
      const isBackward = random.chance(0.5)
      const seen: string[] = []
      let cursor: string | null = null
      for (;;) {
        const limit = random.integer(1, 5)
        const nodes = [...present].sort()
        const page: ConnectionSource<string> = isBackward
          ? pageOf(nodes, { last: limit, before: cursor }, order)
          : pageOf(nodes, { first: limit, after: cursor }, order)
        seen.push(...page.edges.map(({ node }) => node))
        const { pageInfo } = page
        cursor = isBackward ? pageInfo.startCursor : pageInfo.endCursor
        if (!(isBackward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) break
        const changed = anyName()
        if (random.chance(0.5)) present.add(changed)
        else if (!lasting.has(changed)) present.delete(changed)
      }
      expect(new Set(seen).size).toBe(seen.length)
      expect([...lasting].filter((each) => !seen.includes(each))).toEqual([])
    }
  })
})
