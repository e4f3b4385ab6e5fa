/** Writes a user's row: what is taken back by that is told to all, and the audit has it. */
import { type Clock, toIso } from '../domain/clock.js'
import type { User } from './accounts.js'
import type { UserChangesParts } from './user-changes.js'

/** Later than before, so that a write is never taken for the one that it follows. */
export function laterThan({ updatedAt }: User, clock: Clock): string {
  return toIso(Math.max(clock.now(), Date.parse(updatedAt) + 1))
}

/**
 * One who is added takes the place of one who was removed; nobody else comes back from there.
 *
 * @returns what was written; undefined when there is one of that name, or the trace of one
 */
export async function createUser(
  parts: UserChangesParts,
  made: User,
  action: string,
): Promise<User | undefined> {
  const { users, revocations, clock } = parts
  const { home, username } = made
  const trace = await users.readTrace(home, username)
  const isAdded = action === 'user.added'
  if (trace?.isRemoved === true && isAdded) {
    const later = { epoch: made.epoch + trace.epoch, updatedAt: laterThan(trace, clock) }
    const after = { ...made, ...later }
    return (await replaceUser(parts, { before: trace, after, action })) ? after : undefined
  }
  if (trace !== undefined) return undefined
  // Nothing is taken back from one who is added: nobody of that name was given anything here.
  if (!isAdded) await revocations.announce(home)
  if (!(await users.create(made))) return undefined
  note(parts, { after: made, action })
  if (!isAdded) await revocations.announce(home)
  return made
}

interface Written {
  /** Absent for one who is new. */
  readonly before?: User | undefined
  readonly after: User
  readonly action: string
}

/** @returns false when somebody else was first */
export async function replaceUser(
  parts: UserChangesParts,
  written: Written & { readonly before: User },
): Promise<boolean> {
  const { before, after } = written
  const { users, revocations } = parts
  // Before it as well: so rows are read from now on, even if this process ends with the write.
  await revocations.announce(after.home)
  if (!(await users.replace(before, after))) return false
  note(parts, written)
  await revocations.announce(after.home)
  return true
}

function note(
  { audit }: Pick<UserChangesParts, 'audit'>,
  { before, after, action }: Written,
): void {
  const { home: endpointId, username: target, updatedBy: actor } = after
  audit.note({ endpointId, actor, action, target, before: toShown(before), after: toShown(after) })
}

/** Nobody's hash; with the time, which tells changes apart that look the same. */
function toShown(user: User | undefined): Readonly<Record<string, unknown>> | undefined {
  if (user === undefined || user.isRemoved === true) return undefined
  const { roles, isDisabled, epoch, updatedAt, passwordHash } = user
  return { roles, isDisabled, epoch, updatedAt, hasPassword: passwordHash !== undefined }
}
