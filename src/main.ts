#!/usr/bin/env node
/** The process: reads the environment, chooses the parts, runs one command, drains, stops. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { buildGateway, toGatewayOptions } from './app.js'
import { type Program, runCommand } from './cli/cli.js'
import { createParts, createWorkbench, startEngines } from './parts.js'

// Node 20 is served on purpose; the SDK's notice would greet every user of a sidecar.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'

const packageFile = new URL('../package.json', import.meta.url)
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(packageFile, 'utf8')))

const program: Program = {
  env: process.env,
  version,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  untilSignal,
  startEngines,
  openWorkbench: (config, { log }) =>
    createWorkbench(config, { log, built: new URL('.', import.meta.url) }),
  open: (config, { log, metrics, secrets, lookEveryMs }) => {
    const server = { name: 'mcp-daemon-engine', title: 'MCP Daemon Engine', version }
    const built = new URL('.', import.meta.url)
    const parts = createParts(config, { log, metrics, secrets, server, built })
    const gateway = buildGateway(parts, { ...toGatewayOptions(config), lookEveryMs })
    const close = async () => {
      await gateway.endBackground()
      await parts.close()
    }
    return { ...parts, ...gateway, close }
  },
}

/** npm passes on what a terminal sends to it and to us: one Ctrl+C arrives twice. */
const SAME_WISH_MS = 500

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        firstAt ??= performance.now()
        if (performance.now() - firstAt > SAME_WISH_MS) process.exit(1)
        resolve()
      })
  })
}

process.exitCode = await runCommand(process.argv.slice(2), program)
