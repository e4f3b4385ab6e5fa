/** Random choices that a seed repeats, and JSON that tries everything JSON may hold. */

export interface Seeded {
  /** Both bounds are possible. */
  integer(min: number, max: number): number
  pick<T>(list: readonly T[]): T
  chance(probability: number): boolean
}

/** Mulberry32: 32 bits of state are enough to vary tests. */
export function createSeeded(seed: number): Seeded {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    integer,
    // The index is inside the list, which the compiler cannot see.
    pick: <T>(list: readonly T[]) => list[integer(0, list.length - 1)] as T,
    chance: (probability) => next() < probability,
  }
}

/** The seed of a test: its own, or the one of `TEST_SEED` to look for more. */
export function testSeed(own: number): number {
  const asked = Number(process.env['TEST_SEED'])
  return Number.isSafeInteger(asked) && asked !== 0 ? asked : own
}

const TEXTS = [
  '',
  ' ',
  '__proto__',
  'null',
  '\u0000',
  '\u0007\b\t\n\r\u001f',
  '"\\/</script>',
  '\u2028\u2029\u0085',
  '\uFEFFbyte order mark',
  'e\u0301 is not \u00e9',
  '日本語と한국어',
  'مرحبا \u202Eright to left',
  '👩‍👩‍👧‍👦🏳️‍🌈',
  '\uD83D',
  '\uDE00\uD83D',
  '\u{10FFFF}\uFFFF',
  '${HOME} {{name}} %s',
  'x'.repeat(5_000),
]

const NUMBERS = [
  0,
  1,
  -1,
  0.1,
  -0.30000000000000004,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  2 ** 53,
  1e21,
  -1e21,
  1e-7,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MIN_VALUE,
  Number.EPSILON,
]

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'toJSON',
  'then',
  'length',
  '',
  ' ',
  '0',
  '10',
  '2',
  '-1',
  '$ref',
  '$id',
  'a.b/c~d',
  'com.example/member',
  'é',
  'e\u0301',
  '名前',
  '\u0000',
  '\uD800',
  '🙂',
]

export function strangeText(random: Seeded): string {
  if (random.chance(0.7)) return random.pick(TEXTS)
  const codes = Array.from({ length: random.integer(1, 12) }, () => random.integer(0, 0xffff))
  return String.fromCharCode(...codes)
}

export function strangeNumber(random: Seeded): number {
  return random.chance(0.7) ? random.pick(NUMBERS) : random.integer(-1e9, 1e9) / 1e4
}

/** @param depth how many arrays and objects may stand inside each other */
export function strangeValue(random: Seeded, depth: number): unknown {
  const kind = random.integer(0, depth > 0 ? 6 : 3)
  if (kind === 0) return strangeText(random)
  if (kind === 1) return strangeNumber(random)
  if (kind === 2) return random.chance(0.5)
  if (kind === 3) return null
  if (kind === 4)
    return Array.from({ length: random.integer(0, 4) }, () => strangeValue(random, depth - 1))
  return strangeObject(random, depth - 1)
}

export function strangeObject(random: Seeded, depth: number): Record<string, unknown> {
  return toObject(
    Array.from({ length: random.integer(0, 5) }, () => [
      random.chance(0.8) ? random.pick(NAMES) : strangeText(random),
      strangeValue(random, depth),
    ]),
  )
}

/** Unlike an assignment, this makes `__proto__` a member like any other. */
export function toObject(
  members: readonly (readonly [string, unknown])[],
): Record<string, unknown> {
  return Object.fromEntries(members)
}

/** `{"in":{"in":…}}` with arrays in between. */
export function nested(depth: number): unknown {
  let value: unknown = 'bottom'
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? { in: value } : [value]
  return value
}
