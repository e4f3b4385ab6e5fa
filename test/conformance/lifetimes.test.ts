import { describe, expect, it } from 'vitest'
import { withLifetimes } from './lifetimes.js'

describe('what a conformance run has started', () => {
  it('has ended when it is over, the last one first', async () => {
    const ended: string[] = []
    const result = await withLifetimes(async ({ endWith }) => {
      endWith(async () => ended.push('first'))
      endWith(async () => ended.push('second'))
      return 'done'
    })
    expect(result).toBe('done')
    expect(ended).toEqual(['second', 'first'])
  })

  it('has ended when it failed, and the failure is what is told', async () => {
    const ended: string[] = []
    const running = withLifetimes(async ({ endWith }) => {
      endWith(async () => ended.push('first'))
      endWith(() => Promise.reject(new Error('it does not end')))
      throw new Error('the run failed')
    })
    await expect(running).rejects.toThrow('the run failed')
    expect(ended).toEqual(['first'])
  })

  it('has ended when the ending of another one failed, which is told', async () => {
    const ended: string[] = []
    const running = withLifetimes(async ({ endWith }) => {
      endWith(async () => ended.push('first'))
      endWith(() => Promise.reject(new Error('it does not end')))
    })
    await expect(running).rejects.toThrow('it does not end')
    expect(ended).toEqual(['first'])
  })
})
