/** The least that a thread can do for a call: an object in, an object out. */
import { parentPort } from 'node:worker_threads'

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort.on('message', ([call, { value }]) => parentPort.postMessage([call, value]))
