/** Accounts with a password, and all that belongs to them, put together. */
import type { Audit } from '../audit/audit.js'
import type { Clock } from '../domain/clock.js'
import type { StateStore } from '../domain/state-store.js'
import type { Log } from '../telemetry/telemetry.js'
import type { Users } from './accounts.js'
import { createHeldSignIns } from './held-sign-ins.js'
import { createLockout } from './lockout.js'
import { createPasswordThread } from './password-thread.js'
import { createPasswords } from './passwords.js'
import type { Revocations } from './revocations.js'
import { createSignIns, type SignInOptions, type SignIns, type SignToken } from './sign-ins.js'
import { createUserChanges, type UserChanges } from './user-changes.js'

export interface LocalAccounts {
  readonly changes: UserChanges
  signIns(signToken: SignToken, options: SignInOptions): SignIns
  /** Ends the thread of passwords. */
  close(): Promise<void>
}

export interface LocalAccountsParts {
  readonly users: Users
  readonly state: StateStore
  readonly revocations: Revocations
  readonly audit: Pick<Audit, 'note'>
  readonly clock: Clock
  readonly log: Log
}

export interface LocalAccountsOptions {
  /** Of bcrypt, for new passwords. */
  readonly passwordCost: number
  /** The compiled `password-worker.js`. */
  readonly passwordWorker: URL
}

export function createLocalAccounts(
  parts: LocalAccountsParts,
  { passwordCost, passwordWorker }: LocalAccountsOptions,
): LocalAccounts {
  const { state, clock } = parts
  const passwords = createPasswords(createPasswordThread({ entry: passwordWorker }), passwordCost)
  const lockout = createLockout({ state, clock })
  const held = createHeldSignIns(state, clock)
  return {
    changes: createUserChanges({ ...parts, passwords }),
    signIns: (signToken, options) =>
      createSignIns({ ...parts, passwords, lockout, held, signToken }, options),
    close: () => passwords.close(),
  }
}
