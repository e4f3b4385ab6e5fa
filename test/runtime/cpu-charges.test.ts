import { expect, test } from 'vitest'
import { type ChargedCall, CpuCharges } from '../../src/runtime/cpu-charges.js'

type Call = { -readonly [Key in keyof ChargedCall]: ChargedCall[Key] }

/** An instance whose CPU time the test tells; each look is one period of 100 ms. */
function instance() {
  let usedMs = 0
  let isAsleep = false
  let lastNumber = 0
  const calls = new Map<number, Call>()
  let isKnown = true
  const read = () => (isKnown ? { usedMs, isAsleep } : undefined)
  const charges = new CpuCharges({ maxCpuMs: 300, read })
  const look = (spentMs: number, state: 'runs' | 'sleeps' = 'runs') => {
    usedMs += spentMs
    isAsleep = state === 'sleeps'
    return charges.look(calls, lastNumber)
  }
  return {
    begin: (changes: Partial<Call> = {}) => {
      calls.set(++lastNumber, { openQuestions: 0, ...changes })
      return lastNumber
    },
    end: (number: number) => calls.delete(number),
    /** What the call is charged so far. */
    chargeOf: (number: number) => calls.get(number)?.cpuMs,
    change: (number: number, changes: Partial<Call>) =>
      Object.assign(calls.get(number) ?? {}, changes),
    look,
    /** @returns the calls that were over */
    looks: (count: number, spentMs: number) =>
      Array.from({ length: count }, () => look(spentMs)).filter((over) => over !== undefined),
    /** A look at which the system does not tell. */
    lookBlind: (spentMs: number) => {
      isKnown = false
      const over = look(spentMs)
      isKnown = true
      return over
    },
    /** What code went on using while no call ran. */
    idleMs: () => charges.idleMs,
    rest: () => {
      look(0)
      look(0, 'sleeps')
    },
  }
}

test('a call alone pays for everything but its first moments', () => {
  const { begin, looks, look, chargeOf } = instance()
  const call = begin()
  expect(looks(4, 100)).toEqual([])
  expect(chargeOf(call)).toBe(300)
  expect(look(1)).toBe(call)
})

test('a call never pays for what was used before it, or while nothing ran', () => {
  const { begin, end, look, chargeOf } = instance()
  look(100)
  const first = begin()
  look(100)
  end(first)
  look(500)
  const second = begin()
  look(500)
  expect(chargeOf(second)).toBe(0)
  look(20)
  expect(chargeOf(second)).toBe(20)
})

test('calls that may both have used it pay in equal shares, and one at a time is over', () => {
  const { begin, end, look, looks } = instance()
  const older = begin()
  const younger = begin()
  expect(looks(7, 100)).toEqual([])
  expect(look(100)).toBe(younger)
  end(younger)
  expect(look(0, 'sleeps')).toBeUndefined()
  expect(look(100)).toBe(older)
})

test('one that was seen to wait pays nothing beside one that was not', () => {
  const { begin, looks, rest, chargeOf } = instance()
  const waiting = begin()
  rest()
  const burning = begin()
  expect(looks(5, 100)).toEqual([burning])
  expect(chargeOf(waiting)).toBe(0)
})

test('one that waits for the client pays nothing beside one that does not', () => {
  const { begin, looks, rest, chargeOf } = instance()
  const burning = begin()
  const asking = begin({ openQuestions: 1 })
  rest()
  expect(looks(4, 100)).toEqual([burning])
  expect(chargeOf(asking)).toBe(0)
})

test('one that gets no turn on a busy machine has not been seen to wait', () => {
  const { begin, looks, chargeOf } = instance()
  const starved = begin()
  looks(3, 0)
  begin()
  looks(1, 0)
  looks(1, 10)
  expect(chargeOf(starved)).toBe(5)
})

test('those that have waited pay when nobody else can have used it', () => {
  const { begin, looks, rest } = instance()
  const call = begin()
  rest()
  expect(looks(4, 100)).toEqual([call])
})

test('one that waits for long pays nothing for the many that come and go', () => {
  const { begin, end, look, rest, chargeOf } = instance()
  const waiting = begin()
  rest()
  for (let count = 0; count < 1000; count++) {
    end(begin())
    expect(look(90)).toBeUndefined()
  }
  expect(chargeOf(waiting)).toBe(0)
})

test('those that come and go pay their shares too', () => {
  const { begin, end, look, chargeOf } = instance()
  const staying = begin()
  look(100)
  end(begin())
  const passing = begin()
  look(90)
  expect(chargeOf(staying)).toBe(30)
  expect(chargeOf(passing)).toBe(0)
})

test('nobody pays for what is used in the grace of one that is over its limit', () => {
  const { begin, end, change, looks, chargeOf } = instance()
  const burning = begin()
  const other = begin()
  looks(2, 100)
  change(burning, { overdue: { graceEndsAt: 500 } })
  expect(looks(9, 100)).toEqual([])
  end(burning)
  looks(1, 100)
  expect(chargeOf(other)).toBe(50)
  looks(1, 100)
  expect(chargeOf(other)).toBe(150)
})

test('one that does not end in its grace pays its share again, and is not told a second time', () => {
  const { begin, change, look, looks, chargeOf } = instance()
  const deaf = begin()
  const other = begin()
  look(0)
  change(deaf, { overdue: { graceEndsAt: 500 } })
  looks(2, 100)
  change(deaf, { overdue: { graceEndsAt: Infinity } })
  look(100)
  expect(chargeOf(other)).toBe(0)
  expect(looks(6, 100)).toEqual([])
  expect([chargeOf(deaf), chargeOf(other)]).toEqual([300, 300])
  expect(look(100)).toBe(other)
})

test('what was used while the system did not tell is charged to nobody', () => {
  const { begin, look, lookBlind, chargeOf } = instance()
  const call = begin()
  look(5000)
  expect(lookBlind(100)).toBeUndefined()
  expect(look(100)).toBeUndefined()
  expect(chargeOf(call)).toBe(0)
  look(20)
  expect(chargeOf(call)).toBe(20)
})

test('what is used while no call runs adds up, until the instance rests', () => {
  const { begin, end, look, looks, idleMs } = instance()
  const call = begin()
  looks(2, 100)
  end(call)
  look(100)
  looks(2, 100)
  expect(idleMs()).toBe(200)
  // A call comes and goes between two looks: that was its own.
  end(begin())
  looks(2, 100)
  expect(idleMs()).toBe(300)
  look(0, 'sleeps')
  expect(idleMs()).toBe(0)
})
