import { codeOf } from '../domain/code-of.js'

/** One word that a caller may read: messages of disks and stores name paths and accounts. */
export function reasonOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.name : 'error')
}
