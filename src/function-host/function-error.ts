/** What a function threw: its author's message for the caller. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError'
}
