#!/usr/bin/env node
/** Writes the JSON Schema of a bundle's manifest from the build: `node scripts/build.mjs` first. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { manifestJsonSchema } from '../dist/manifest/manifest-schema.js'

const target = fileURLToPath(
  new URL('../src/manifest/mcp-configuration.schema.json', import.meta.url),
)
writeFileSync(target, `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`)
execFileSync('npx', ['oxfmt', target], { stdio: 'inherit' })
