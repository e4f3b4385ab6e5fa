/** Hashes and compares, one at a time, in a thread of its own: bcrypt is work by design. */
import { compareSync, hashSync } from 'bcryptjs'
import { parentPort } from 'node:worker_threads'

/** What is asked of the thread; the answer is the hash, or whether they fit. */
export type PasswordJob =
  | { readonly kind: 'hash'; readonly password: string; readonly cost: number }
  | { readonly kind: 'compare'; readonly password: string; readonly hash: string }

parentPort?.on('message', (job: PasswordJob) => {
  const { password } = job
  const answer =
    job.kind === 'hash' ? hashSync(password, job.cost) : compareSync(password, job.hash)
  parentPort?.postMessage(answer, [])
})
