import type { PasswordWork } from '../../src/accounts/password-thread.js'

/** The work on passwords at no cost, and how much of it was asked for. */
export function countingWork() {
  const count = { hashes: 0, comparisons: 0, compared: [] as string[] }
  const hashOf = (password: string, cost: string) =>
    `$2b$${cost}$${Buffer.from(password).toString('base64url').padEnd(53, '.').slice(0, 200)}`
  const work: PasswordWork = {
    hash: async (password, cost) => {
      count.hashes++
      return hashOf(password, String(cost).padStart(2, '0'))
    },
    compare: async (password, hash) => {
      count.comparisons++
      count.compared.push(hash)
      return hashOf(password, hash.slice(4, 6)) === hash
    },
    close: async () => undefined,
  }
  return { work, count }
}
