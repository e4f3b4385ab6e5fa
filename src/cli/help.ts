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
  bundle push PATH [--endpoint E] [--var NAME=VALUE]...
                              publish a ZIP, a bundle folder or a manifest file
  local-aws [--port N]        run the embedded engines in the foreground
  help, --help, --version

Settings, from the environment
${settingsHelp()}

\${NAME} in a manifest's settings is filled from --var NAME=VALUE or from MCP_VAR_NAME.`
}
