import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getObject, putObject, putObjectOnce } from '../../src/aws/objects.js'
import { startTestAws, type TestAws } from '../support/aws.js'

let test: TestAws
beforeAll(async () => {
  test = await startTestAws({ tables: false })
})
afterAll(() => test.stop())

describe('an object', () => {
  it('comes back byte for byte', async () => {
    const body = Buffer.from([0, 255, 13, 10, 128])
    await putObject(test.aws, 'a/bytes', body)
    expect(await getObject(test.aws, 'a/bytes', 5)).toEqual(body)
  })

  it('that is not there is undefined', async () => {
    expect(await getObject(test.aws, 'a/none', 5)).toBeUndefined()
  })

  it('larger than what may be read is refused', async () => {
    await putObject(test.aws, 'a/large', Buffer.alloc(1000))
    await expect(getObject(test.aws, 'a/large', 999)).rejects.toThrow('larger than 999 bytes')
  })

  it('put once keeps what came first, and says so', async () => {
    expect(await putObjectOnce(test.aws, 'a/once', Buffer.from('first'))).toBe(true)
    expect(await putObjectOnce(test.aws, 'a/once', Buffer.from('second'))).toBe(false)
    expect(String(await getObject(test.aws, 'a/once', 10))).toBe('first')
  })

  it('put once by many at the same time has one winner', async () => {
    const puts = Array.from({ length: 10 }, (_, n) =>
      putObjectOnce(test.aws, 'a/race', Buffer.from(`${n}`)),
    )
    const winners = (await Promise.all(puts)).filter(Boolean)
    expect(winners).toHaveLength(1)
  })
})
