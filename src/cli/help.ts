import { settingsHelp } from '../config/help.js'
import type { Program } from './program.js'

export async function help(args: readonly string[], program: Program): Promise<void> {
  const text = args.includes('--version') ? program.version : usage()
  program.stdout.write(`${text}\n`)
}

function usage(): string {
  return `${COMMANDS}

Settings, from the environment
${settingsHelp()}

\${NAME} in a manifest's settings is filled from --var NAME=VALUE or from MCP_VAR_NAME.`
}

const COMMANDS = `mcp-daemon: a ZIP of JavaScript functions becomes MCP tools, resources and prompts

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
  access list [--endpoint E]  show the functions for which somebody has said who may call them
  access set FUNCTION [--type T] [--allow RULE]... [--deny RULE]... [--disable|--enable] [--clear]
             [--endpoint E]   say who may call a function, in place of its bundle; a RULE is
                              role:NAME, user:GLOB or key:GLOB
  access explain --user U --function NAME [--type T] [--role R]... [--key ID] [--endpoint E]
                              say whether somebody, or with --key a key, may call a function, and
                              why
  audit list [--endpoint E | --operator] [--since TIME] [--limit N] [--json]
                              show who did, or was refused, what: the newest first
  calls list [--endpoint E] [--function NAME] [--type T] [--user U] [--status S]
             [--from TIME] [--to TIME] [--limit N] [--cursor C] [--json]
                              show recorded calls, the newest first; a TIME is ISO 8601, or how long
                              ago: 15m, 2h, 3d; a T is tool, resource, resource_template or prompt
  calls show ID [--endpoint E] [--json]
                              show all that is recorded of a call, with its arguments and content
  calls tail [--endpoint E] [--function NAME] [--type T] [--user U] [--status S] [--json]
                              print calls as they end, until Ctrl+C
  calls settings [--endpoint E] [--shards N] [--redact POINTER]... [--no-redact]
                              show, or change, how calls are recorded: over how many partitions, and
                              which arguments are left out, by JSON pointer
  events tail [--url URL] [--endpoint E] [--types LIST] [--json]
                              print what happens for a user, as a running gateway tells it, until
                              Ctrl+C: of the user whose token MCP_TOKEN holds, or of the operator
  users add NAME [--role ROLE]... [--endpoint E | --operator] [--password-stdin | --generate]
                              add one who signs in by password: as reader, caller (unless told
                              otherwise), publisher or admin, or as an operator of the whole gateway
  users list [--endpoint E | --operator] [--json]
                              show who has an account
  users password NAME [--endpoint E | --operator] [--password-stdin | --generate]
                              give a user another password, and end every sign-in
  users revoke|disable|enable NAME [--endpoint E | --operator]
                              end all that a user was given; also let nothing new in; let in again
  keys create --name N [--user U] [--role ROLE]... [--function GLOB]... [--days D]
             [--endpoint E | --operator]
                              make an API key, good for D days (90), and print it once: as caller
                              unless told otherwise, for every function or for some
  keys list [--endpoint E | --operator] [--json]
                              show the API keys that are good, and when each was used last
  keys revoke KEY_ID [--endpoint E | --operator]
                              take an API key back, everywhere within two seconds
  local-aws [--port N]        run the embedded engines in the foreground
  help, --help, --version`
