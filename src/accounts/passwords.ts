/** Which passwords are taken, and whether one is right: the same work, whoever it is said to be of. */
import { GatewayError } from '../domain/errors.js'
import type { PasswordWork } from './password-thread.js'

export interface Passwords {
  /**
   * @param leaves places for others to wait in, at least; default: 0
   * @throws GatewayError `INVALID_REQUEST` for one that is not taken, `BUSY` when too many wait
   */
  hash(password: string, leaves?: number): Promise<string>
  /**
   * @param hash absent for one who has none: the work is done all the same, as for one that was
   * hashed with less of it
   * @throws GatewayError `INVALID_REQUEST` for one that no password can be, `BUSY` when too many wait
   */
  check(password: string, hash: string | undefined): Promise<PasswordCheck>
  close(): Promise<void>
}

export interface PasswordCheck {
  readonly isRight: boolean
  /** True when it was hashed with less work than is asked for now. */
  readonly isWeak: boolean
}

const MIN_BYTES = 8

/** What bcrypt reads of it: of a longer one the rest would count for nothing. */
const MAX_BYTES = 72

const PASSWORD_RULE = `must have ${MIN_BYTES} to ${MAX_BYTES} bytes in UTF-8, and no NUL`

/** A salt and a hash that no password is known to have. */
const NOBODYS = `C6UzMDM.H6dfI/f/IKcEeO${'a'.repeat(31)}`

/** @param cost of bcrypt for new hashes, 10 to 15: each step doubles the work */
export function createPasswords(work: PasswordWork, cost: number): Passwords {
  return {
    hash: async (password, leaves) => {
      const text = read(password)
      if (Buffer.byteLength(text) < MIN_BYTES) throw notTaken()
      return work.hash(text, cost, leaves)
    },
    check: async (password, own) => {
      const text = read(password)
      const hash = own ?? nobodys(cost)
      const fits = await work.compare(text, hash)
      // Each step doubles the work: together with the first that is as much as of one step more.
      for (let less = costOf(hash); less < cost; less++) await work.compare(text, nobodys(less))
      return { isRight: fits && own !== undefined, isWeak: costOf(hash) < cost }
    },
    close: () => work.close(),
  }
}

/** @throws GatewayError `INVALID_REQUEST` for what no password can be */
export function demandPassword(given: string): void {
  read(given)
}

/** The same characters are the same bytes, however a keyboard composes them. */
function read(password: string): string {
  const text = password.normalize('NFC')
  if (Buffer.byteLength(text) > MAX_BYTES || text.includes('\0')) throw notTaken()
  return text
}

function notTaken(): GatewayError {
  return new GatewayError('INVALID_REQUEST', `password: ${PASSWORD_RULE}`)
}

function nobodys(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$${NOBODYS}`
}

/** `$2b$12$…`: 12. */
function costOf(hash: string): number {
  return Number(hash.slice(4, 6))
}
