import { settingsHelp } from '../config/help.js'
import type { Program } from './program.js'

export async function help(args: readonly string[], program: Program): Promise<void> {
  const text = args.includes('--version') ? program.version : usage()
  program.stdout.write(`${text}\n`)
}

function usage(): string {
  return `mcp-daemon: a ZIP of JavaScript functions becomes MCP tools, resources and prompts

Commands
  start [--stdio]             serve over HTTP, or one client on stdin and stdout
  token                       show the admin token of this data folder
  token --user U [--endpoint E] [--hours N]
                              make a token for a user of an endpoint, good for N hours (24)
  dev FOLDER [--port N] [--endpoint E] [--var NAME=VALUE]...
                              serve a bundle's folder from this machine, with reload on save
  bundle init NAME [--ts]     make a folder with a bundle to begin with, in JavaScript or TypeScript
  bundle validate PATH [--var NAME=VALUE]... [--json]
                              tell all that is wrong with a bundle at once, without publishing it
  bundle build PATH [--out FILE]
                              make one ZIP of a bundle's folder, its dependencies inside
  bundle push PATH [--endpoint E] [--var NAME=VALUE]...
                              publish a bundle: a ZIP, a folder (built first) or a manifest
  bundle list [PACKAGE] [--endpoint E]
                              show which version of each package is active, and which were
  bundle promote PACKAGE VERSION [--endpoint E]
                              make an earlier version the active one again
  bundle rollback PACKAGE [--endpoint E]
                              the same, with the version that was active before this one
  local-aws [--port N]        run the embedded engines in the foreground
  help, --help, --version

Settings, from the environment
${settingsHelp()}

\${NAME} in a manifest's settings is filled from --var NAME=VALUE or from MCP_VAR_NAME.`
}
