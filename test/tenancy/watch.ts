/** What may not be: whatever is heard by somebody is looked through, and what is wrong is told. */
import type { Log } from '../../src/telemetry/telemetry.js'
import { type Answer, type Draw, hasResult } from './draw.js'
import type { Found, Markers, Owner } from './markers.js'

/** Of one kind of request and one relation. */
export interface Count {
  drawn: number
  good: number
  /** Every way in which it was refused, as status and code. */
  readonly refusals: Map<string, number>
}

export interface Watch {
  /** @param index of the request in the run */
  answered(index: number, draw: Draw, answer: Answer): void
  /** A piece of a stream that stands open. */
  heard(index: number, draw: Draw, text: string): void
  broken(index: number, draw: Draw, error: unknown): void
  /** What a gateway is to log with. */
  readonly log: Log
  readonly findings: readonly string[]
  /** By kind and relation. */
  readonly counts: ReadonlyMap<string, Count>
  readonly logLines: number
}

const MAX_FINDINGS = 12
const MAX_SHOWN = 1500

export function createWatch(markers: Markers, seed: number): Watch {
  const findings: string[] = []
  const counts = new Map<string, Count>()
  let logLines = 0
  const report = (index: number, draw: Draw, ...lines: readonly string[]) => {
    if (findings.length < MAX_FINDINGS)
      findings.push([`TENANCY_SEED=${seed}, request ${index}`, ...told(draw), ...lines].join('\n'))
  }
  const lookFor = (index: number, draw: Draw, text: string) => {
    const leaks = markers.leaks(text, draw.hearer, askedIn(draw))
    if (leaks.length > 0)
      report(index, draw, `was told ${leaks.map(named).join(', ')}`, clipped(text))
    if (text.includes('-32603')) report(index, draw, 'met an internal error', clipped(text))
  }
  const readLine = (fields: object, message: string) => {
    logLines += 1
    const text = `${message} ${toText(fields)}`
    const found = markers.find(text)
    const tenants = new Set(found.map(({ owner }) => owner.tenant))
    // What functions throw is logged; such a line has to say whose it is, and be of nobody else.
    const isNamed = found.some(({ kind }) => kind === 'name')
    const isMixed = tenants.size > 1 || (found.length > 0 && !isNamed)
    if (isMixed && findings.length < MAX_FINDINGS)
      findings.push(`TENANCY_SEED=${seed}, a log line: ${clipped(text)}`)
  }
  return {
    answered: (index, draw, answer) => {
      const isGood = (draw.isGood ?? hasResult)(answer)
      count(counts, draw, { ...answer, isGood })
      lookFor(index, draw, `${answer.status} ${JSON.stringify(answer.headers)}\n${answer.text}`)
      if (answer.status >= 500)
        report(index, draw, `failed: ${answer.status}`, clipped(answer.text))
      if (isGood && draw.isGuarded && draw.relation !== 'own')
        report(index, draw, 'was taken', clipped(answer.text))
      if (!isGood && draw.mustBeGood && draw.isGivenUp?.() !== true)
        report(index, draw, `was refused: ${answer.status}`, clipped(answer.text))
    },
    heard: (index, draw, text) => lookFor(index, draw, text),
    broken: (index, draw, error) => report(index, draw, `broke: ${toText({ error })}`),
    log: { debug: readLine, info: readLine, warn: readLine, error: readLine },
    findings,
    counts,
    get logLines() {
      return logLines
    },
  }
}

function count(
  counts: Map<string, Count>,
  { kind, relation }: Draw,
  { status, text, isGood }: Answer & { isGood: boolean },
): void {
  const key = `${kind} | ${relation}`
  const kept = counts.get(key) ?? { drawn: 0, good: 0, refusals: new Map<string, number>() }
  kept.drawn += 1
  if (isGood) kept.good += 1
  else {
    const code = /"code":\s*"?(-?\w+)/.exec(text)?.[1] ?? ''
    const refusal = `${status} ${code}`
    kept.refusals.set(refusal, (kept.refusals.get(refusal) ?? 0) + 1)
  }
  counts.set(key, kept)
}

/** Whatever somebody has sent may come back to him. */
function askedIn({ request: { path, headers, body = '' } }: Draw): string {
  return `${path}\n${JSON.stringify(headers)}\n${body.toString()}`
}

function told({ kind, relation, hearer, request }: Draw): readonly string[] {
  const { method, path, headers, body = '' } = request
  const { authorization, ...others } = headers
  return [
    `${kind} (${relation}) by ${whose(hearer)}${authorization === undefined ? ' without a token' : ''}`,
    `${method} ${path} ${JSON.stringify(others)}`,
    clipped(body.toString()),
  ]
}

function named({ text, owner, kind }: Found): string {
  return `${text} (${kind} of ${whose(owner)})`
}

function whose({ tenant, user }: Owner): string {
  if (tenant < 0) return 'nobody'
  return user === undefined ? `tenant ${tenant}` : `user ${user} of tenant ${tenant}`
}

function clipped(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}

/** Errors too, with what caused them. */
function toText(fields: object): string {
  const seen = new Set<unknown>()
  return JSON.stringify(fields, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    if (seen.has(value)) return '…'
    seen.add(value)
    if (!(value instanceof Error)) return value
    const { name, message: text, stack, cause } = value
    return { name, message: text, stack, cause }
  })
}
