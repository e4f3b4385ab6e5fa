/** A thread of its own: reads and packs GraphiQL, and takes with it what that costs, when it ends. */
import { parentPort } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import * as bundle from '@graphql-yoga/render-graphiql/graphiql'

const files = {
  'graphiql.js': gzipSync(bundle.js),
  'graphiql.css': gzipSync(bundle.css),
  'editor-worker.js': gzipSync(bundle.editorWorkerService),
  'json-worker.js': gzipSync(bundle.jsonWorker),
  'graphql-worker.js': gzipSync(bundle.graphqlWorker),
}
parentPort?.postMessage(files, [])
