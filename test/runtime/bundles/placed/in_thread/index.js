import { isMainThread } from 'node:worker_threads'

if (isMainThread) throw new Error('this is no worker thread')

export class InThread {
  where() {
    return { isMainThread, pid: process.pid }
  }
}
