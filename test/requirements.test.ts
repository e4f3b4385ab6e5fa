import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { REQUIREMENTS } from './requirements.js'

const folder = fileURLToPath(new URL('.', import.meta.url))
/** Neither cites: one declares, the other holds samples. */
const OURS = new Set(['requirements.ts', 'requirements.test.ts'])

/** The ids in brackets at the end of a test's name, and of a table row that makes a name. */
const CITATION = /\[([A-Z]\d+(?:, [A-Z]\d+)*)\](['"`])\s*(?:,|\))/g

function citationsIn(code: string): string[] {
  return [...code.matchAll(CITATION)].flatMap(([, ids = '']) => ids.split(', '))
}

function readCitations(): Map<string, string[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !OURS.has(path),
  )
  const citations = new Map<string, string[]>()
  for (const file of files)
    for (const id of citationsIn(readFileSync(`${folder}${file}`, 'utf8')))
      citations.set(id, [...(citations.get(id) ?? []), file])
  return citations
}

describe('the requirements of the wire', () => {
  const citations = readCitations()
  const known = new Map(REQUIREMENTS.map((requirement) => [requirement.id, requirement]))

  it('each have one id', () => {
    expect(known.size).toBe(REQUIREMENTS.length)
  })

  it('are each cited by a test, or say why not', () => {
    const uncited = REQUIREMENTS.filter(({ id, pending }) => !pending && !citations.has(id))
    expect(uncited).toEqual([])
  })

  it('are not pending once a test cites them', () => {
    const fulfilled = REQUIREMENTS.filter(({ id, pending }) => pending && citations.has(id))
    expect(fulfilled.map(({ id }) => [id, citations.get(id)])).toEqual([])
  })

  it('are the only ones that tests cite', () => {
    expect([...citations].filter(([id]) => !known.has(id))).toEqual([])
  })
})

describe('a citation', () => {
  it.each<[string, string, string[]]>([
    ['stands at the end of a name', `it('answers [M24]', () => 1)`, ['M24']],
    ['may be of several', `it("answers [L5, M24]", async () => 1)`, ['L5', 'M24']],
    ['may follow a table', `it.each([1])(\n  'answers %s [M1]',\n  () => 1)`, ['M1']],
    ['may be of what nobody demands', `it('answers [X99]', () => 1)`, ['X99']],
    ['is nothing inside a name', `it('answers [M24] at once', () => 1)`, []],
    ['is no index of a list', `expect(ids[M1], 'why').toBe(list['M1'])`, []],
  ])('%s', (_what, code, ids) => {
    expect(citationsIn(code)).toEqual(ids)
  })
})
