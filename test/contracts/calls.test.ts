import { afterAll, beforeAll, describe } from 'vitest'
import { promiseCost } from '../calls/contract-cost.js'
import { promiseEnds } from '../calls/contract-ends.js'
import { promiseErasing } from '../calls/contract-erasing.js'
import { promiseHistory } from '../calls/contract-history.js'
import { promiseInterrupted } from '../calls/contract-interrupted.js'
import { promisePaging } from '../calls/contract-paging.js'
import { promiseSettings } from '../calls/contract-settings.js'
import { promiseShards } from '../calls/contract-shards.js'
import { promiseStarts } from '../calls/contract-starts.js'
import { type Engine, startEmbedded, startSecond } from '../calls/engines.js'
import { hasDynoxide } from '../support/dynoxide.js'

/** Declares the tests of one kind of promise. */
type Promises = [string, (engine: () => Engine) => void][]

const everywhere: Promises = [
  ['that have ended', promiseEnds],
  ['that have begun', promiseStarts],
  ['that were left behind', promiseInterrupted],
  ['in a history', promiseHistory],
  ['over several partitions', promiseShards],
  ['page by page', promisePaging],
  ['that are read and erased by their ids', promiseErasing],
  ['as an endpoint wants them', promiseSettings],
]

/** The embedded engine does not count what it writes to indexes. */
const counting: Promises = [...everywhere, ['and what they cost', promiseCost]]

const engines: [string, () => Promise<Engine>, Promises][] = [
  ['the embedded engine', startEmbedded, everywhere],
  ['dynoxide', startSecond, counting],
]

describe.each(hasDynoxide ? engines : engines.slice(0, 1))(
  'calls in %s',
  (_name, start, promises) => {
    let engine: Engine
    beforeAll(async () => {
      engine = await start()
    })
    afterAll(() => engine.stop())

    describe.each(promises)('%s', (_what, declare) => {
      declare(() => engine)
    })
  },
)
