/** The least that a thread can do for a call: an object in, an object out. */
import { parentPort } from 'node:worker_threads'

parentPort.on('message', ([call, { value }]) => parentPort.postMessage([call, value]))
