/** What runs in the ledger's process: asked by message, it makes calls and records them for a while. */
import { type LedgerPlaces, openLedgers } from './ledgers.js'
import { makeCalls } from './make-calls.js'
import type { LedgerAnswer, LedgerLoad } from './start-ledger.js'

const [places = ''] = process.argv.slice(2)
const ledgers = await openLedgers(JSON.parse(places) as LedgerPlaces)

process.once('disconnect', () => process.exit())
process.on('message', (load: LedgerLoad) => {
  run(load).then(say, (error: unknown) => say({ error: String(error) }))
})
say({ isReady: true })

function say(answer: LedgerAnswer): void {
  process.send?.(answer)
}

async function run({ ledger, endpoint, ...pace }: LedgerLoad): Promise<LedgerAnswer> {
  const { calls, batches } = ledgers[ledger]
  // So that what the endpoint wants is known, as it is to a gateway that is busy.
  await calls.settings(endpoint)
  const batchesBefore = batches()
  const made = await makeCalls(calls, endpoint, pace)
  return { ...made, batches: batches() - batchesBefore }
}
