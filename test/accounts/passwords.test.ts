import { afterAll, describe, expect, it } from 'vitest'
import { createPasswordThread } from '../../src/accounts/password-thread.js'
import { createPasswords } from '../../src/accounts/passwords.js'
import { builtFile } from '../support/built.js'
import { countingWork } from './counting-work.js'

const entry = builtFile('accounts/password-worker.js')
/** Far less work than the product may be told to do. */
const COST = 4

describe('the thread of passwords', () => {
  const thread = createPasswordThread({ entry })
  afterAll(() => thread.close())

  it('hashes with bcrypt of the cost that is asked for, and compares', async () => {
    const hash = await thread.hash('correct horse', COST)
    expect(hash).toMatch(/^\$2[aby]\$04\$.{53}$/)
    expect(await thread.compare('correct horse', hash)).toBe(true)
    expect(await thread.compare('Correct horse', hash)).toBe(false)
  })

  it('takes so many at a time and refuses the rest, which may come again', async () => {
    const small = createPasswordThread({ entry, maxWaiting: 2 })
    const asked = await Promise.allSettled([1, 2, 3, 4, 5].map(() => small.hash('password', COST)))
    expect(asked.map(({ status }) => status).sort()).toEqual([
      ...Array<string>(3).fill('fulfilled'),
      ...Array<string>(2).fill('rejected'),
    ])
    const refused = asked.find((each) => each.status === 'rejected')
    expect(refused?.reason).toMatchObject({ code: 'BUSY', data: { retryAfterS: 1 } })
    expect(await small.hash('password', COST)).toContain('$04$')
    await small.close()
  })

  it('keeps places for those who sign in, whatever else is hashed', async () => {
    const small = createPasswordThread({ entry, maxWaiting: 3 })
    const asked = await Promise.allSettled([
      ...[1, 2, 3].map(() => small.hash('password', COST, 2)),
      ...[1, 2, 3].map(() => small.hash('password', COST)),
    ])
    const isHashed = asked.map(({ status }) => status === 'fulfilled')
    expect(isHashed).toEqual([true, true, false, true, true, false])
    await small.close()
  })

  it('that dies fails the one it worked for, and the next one has another', async () => {
    const broken = createPasswordThread({ entry })
    const noHash = undefined as unknown as string
    await expect(broken.compare('password', noHash)).rejects.toThrow('Illegal')
    expect(await broken.hash('password', COST)).toContain('$04$')
    await broken.close()
  })

  it('that closes refuses those who wait', async () => {
    const closing = createPasswordThread({ entry })
    const waiting = [1, 2].map(() => closing.hash('password', COST))
    const over = Promise.allSettled(waiting)
    await closing.close()
    const refused = { reason: { code: 'SHUTTING_DOWN' } }
    expect(await over).toMatchObject([refused, refused])
    await expect(closing.hash('password', COST)).rejects.toMatchObject(refused.reason)
  })
})

describe('a password', () => {
  const longest = 'é'.repeat(36)

  it.each([
    ['7 bytes', 'seven77'],
    ['73 bytes', `${longest}x`],
    ['73 bytes in 37 characters', `x${longest}`],
    ['a NUL', 'pass\0word'],
  ])('of %s is not taken, and says what is', async (_what, password) => {
    const { work, count } = countingWork()
    await expect(createPasswords(work, COST).hash(password)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: 'password: must have 8 to 72 bytes in UTF-8, and no NUL',
    })
    expect(count.hashes).toBe(0)
  })

  it('of 72 bytes is taken whole, and a longer one is never taken for it', async () => {
    const { work, count } = countingWork()
    const passwords = createPasswords(work, COST)
    const hash = await passwords.hash(longest)
    expect(await passwords.check(longest, hash)).toMatchObject({ isRight: true })
    await expect(passwords.check(`${longest}x`, hash)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    })
    expect(count.comparisons).toBe(1)
  })

  it('is the same however a keyboard composes it', async () => {
    const passwords = createPasswords(countingWork().work, COST)
    const hash = await passwords.hash('caf\u00e9 au lait')
    expect(await passwords.check('cafe\u0301 au lait', hash)).toMatchObject({ isRight: true })
  })

  it('of one who has none is compared all the same, with the same cost, and never right', async () => {
    const { work, count } = countingWork()
    const passwords = createPasswords(work, 12)
    expect(await passwords.check('whatever', undefined)).toEqual({ isRight: false, isWeak: false })
    expect(count.compared).toEqual([expect.stringMatching(/^\$2b\$12\$[A-Za-z0-9./]{53}$/)])
  })

  it('that was hashed with less work than is asked for is found out, and takes as long as any', async () => {
    const { work, count } = countingWork()
    const hash = await createPasswords(work, 10).hash('password')
    for (const password of ['password', 'passport']) {
      count.compared.length = 0
      const check = await createPasswords(work, 13).check(password, hash)
      expect(check).toEqual({ isRight: password === 'password', isWeak: true })
      const done = count.compared.map((each) => 2 ** Number(each.slice(4, 6)))
      expect(done.reduce((sum, each) => sum + each)).toBe(2 ** 13)
    }
    expect(await createPasswords(work, 10).check('password', hash)).toMatchObject({ isWeak: false })
  })
})

it('nobody has the password that unknown users are compared with', async () => {
  const thread = createPasswordThread({ entry })
  const check = await createPasswords(thread, COST).check('a'.repeat(31), undefined)
  expect(check.isRight).toBe(false)
  await thread.close()
})
