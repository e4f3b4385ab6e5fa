/** It may be written all the same, if an answer was lost. */
export class NotWritten extends Error {
  override readonly name = 'NotWritten'
}
