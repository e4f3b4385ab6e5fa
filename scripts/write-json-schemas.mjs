#!/usr/bin/env node
/**
 * Writes the JSON Schemas of a bundle's manifest and of what the event stream tells, from the
 * build: `node scripts/build.mjs` first.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { manifestJsonSchema } from '../dist/manifest/manifest-schema.js'
import { userEventJsonSchema } from '../dist/user-events/user-event.js'

const schemas = {
  'manifest/mcp-configuration.schema.json': manifestJsonSchema(),
  'user-events/user-event.schema.json': userEventJsonSchema(),
}
for (const [path, schema] of Object.entries(schemas)) {
  const target = fileURLToPath(new URL(`../src/${path}`, import.meta.url))
  writeFileSync(target, `${JSON.stringify(schema, null, 2)}\n`)
  execFileSync('npx', ['oxfmt', target], { stdio: 'inherit' })
}
