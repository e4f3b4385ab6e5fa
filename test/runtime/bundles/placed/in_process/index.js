import { isMainThread } from 'node:worker_threads'

if (!isMainThread) throw new Error('this is a worker thread')

export class InProcess {
  where() {
    return { isMainThread, pid: process.pid }
  }

  spin() {
    for (;;);
  }
}
