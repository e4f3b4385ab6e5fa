import { type Aws, createAws } from '../../src/aws/aws.js'
import { tableNames } from '../../src/aws/tables.js'
import type { TestAws } from '../support/aws.js'

/** A client whose first answer to such a request is lost on the way back: the SDK sends it again. */
export function awsLosingAnswer(test: TestAws, isLost: (input: object) => boolean) {
  const aws: Aws = createAws({
    bucket: test.aws.bucket,
    tables: tableNames('test-'),
    client: test.client,
  })
  let lost = 0
  const inputs = new WeakMap<object, object>()
  aws.db.middlewareStack.add(
    (next, context) => (args) => {
      inputs.set(context, args.input)
      return next(args)
    },
    { step: 'initialize', name: 'remember' },
  )
  aws.db.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args)
      if (lost > 0 || !isLost(inputs.get(context) ?? {})) return answer
      lost += 1
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    },
    { step: 'deserialize', name: 'lose' },
  )
  return { aws, lostCount: () => lost }
}
