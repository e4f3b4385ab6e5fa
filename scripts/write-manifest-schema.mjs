#!/usr/bin/env node
/** Writes the JSON Schema of a bundle's manifest from the build: `node scripts/build.mjs` first. */
import { writeFileSync } from 'node:fs'
import { manifestJsonSchema } from '../dist/bundles/manifest-schema.js'

const target = new URL('../src/bundles/mcp-configuration.schema.json', import.meta.url)
writeFileSync(target, `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`)
