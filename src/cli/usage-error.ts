/** A command was typed wrongly: the message says what was expected. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
