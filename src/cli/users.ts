/** What commands on users have in common: whom they mean, and where that one has the account. */
import { homeOf, OPERATOR_PREFIX } from '../accounts/accounts.js'
import { GATEWAY_HOME } from '../domain/caller.js'
import type { EndpointId } from '../domain/tenant.js'
import { readArguments, onlyOne } from './arguments.js'
import { atGateway, CLI_ACTOR } from './at-endpoint.js'
import { toPrintable } from './printable.js'
import type { OpenGateway, Program } from './program.js'
import { UsageError } from './usage-error.js'

export const HOME_OPTIONS = {
  endpoint: { type: 'string' },
  operator: { type: 'boolean', default: false },
} as const

/** Whose account it is, and who works on it. */
export interface Whose {
  readonly home: EndpointId
  readonly username: string
  readonly by: string
}

interface TypedHome {
  readonly endpoint?: string | undefined
  readonly operator: boolean
}

/** At an endpoint, or among the operators of the whole gateway. */
export function atHome(
  program: Program,
  { endpoint, operator }: TypedHome,
  work: (gateway: OpenGateway, home: EndpointId) => Promise<void>,
): Promise<void> {
  if (operator && endpoint !== undefined)
    throw new UsageError('--operator: expected without --endpoint, operators have none')
  return atGateway(program, endpoint, (gateway, endpointId) =>
    work(gateway, operator ? GATEWAY_HOME : endpointId),
  )
}

/** @param name as typed: an operator's with its prefix, or with `--operator` */
export function toUsername(name: string, isOperator: boolean): string {
  return isOperator && !name.startsWith(OPERATOR_PREFIX) ? OPERATOR_PREFIX + name : name
}

/** One user of that name. */
export function atUser(
  program: Program,
  { name, ...typed }: TypedHome & { readonly name: string },
  work: (gateway: OpenGateway, whose: Whose) => Promise<void>,
): Promise<void> {
  const username = toUsername(name, typed.operator)
  return atHome(program, typed, (gateway, home) =>
    work(gateway, { home: homeOf(username, home), username, by: CLI_ACTOR }),
  )
}

/** A command that does one thing to one user, and says so. */
export async function changeUser(
  args: readonly string[],
  program: Program,
  { command, said, change }: UserCommand,
): Promise<void> {
  const { values, positionals } = readArguments(args, HOME_OPTIONS)
  const name = onlyOne(positionals, `users ${command}: expected one NAME`)
  await atUser(program, { ...values, name }, async (gateway, whose) => {
    await change(gateway, whose)
    program.stdout.write(`${toPrintable(whose.username)} ${placeOf(whose)}: ${said}\n`)
  })
}

export interface UserCommand {
  readonly command: string
  /** Of what was done. */
  readonly said: string
  readonly change: (gateway: OpenGateway, whose: Whose) => Promise<unknown>
}

export function placeOf({ home }: Pick<Whose, 'home'>): string {
  return home === GATEWAY_HOME ? 'of the whole gateway' : `at endpoint ${home}`
}
