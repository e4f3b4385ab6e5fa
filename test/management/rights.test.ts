import { beforeAll, describe, expect, it } from 'vitest'
import { createAccess } from '../../src/access/access.js'
import { type Caller, type Role, ROLES } from '../../src/domain/caller.js'
import { demandRightOf, isFieldRight } from '../../src/management/rights.js'
import type { ManagementContext } from '../../src/management/context.js'
import { ADMIN_TOKEN } from '../support/gateway.js'
import { subscribeTo } from '../support/graphql-stream.js'
import {
  type AnswerError,
  gateways,
  graphql,
  managerOf,
  newEndpoint,
  publishNotes,
  useManagement,
} from '../support/management.js'
import { everyField, type GuardedField } from './every-field.js'

useManagement({ RATE_USER_PER_MINUTE: '10000' })

/**
 * Who may ask for what. A field that is added, or asks for another right, has to be added here too.
 */
const NEEDED: Readonly<Record<string, string | undefined>> = {
  'Endpoint.apiKey': 'ADMIN',
  'Endpoint.apiKeys': 'ADMIN',
  'Endpoint.auditEntries': 'ADMIN',
  'Endpoint.cacheStats': 'ADMIN',
  'Endpoint.call': 'ADMIN',
  'Endpoint.calls': 'ADMIN',
  'Endpoint.events': 'ADMIN',
  'Endpoint.explain': 'ADMIN',
  'Endpoint.recording': 'ADMIN',
  'Endpoint.setting': 'ADMIN',
  'Endpoint.settings': 'ADMIN',
  'Endpoint.user': 'ADMIN',
  'Endpoint.users': 'ADMIN',
  'Function.calls': 'ADMIN',
  'Function.statistics': 'ADMIN',
  'Module.setting': 'ADMIN',
  'Mutation.cancelCall': 'ADMIN',
  'Mutation.createApiKey': 'ADMIN',
  'Mutation.createBundleUpload': 'PUBLISH',
  'Mutation.createEndpoint': 'OPERATE',
  'Mutation.createFunction': 'ADMIN',
  'Mutation.createSetting': 'ADMIN',
  'Mutation.createUser': 'ADMIN',
  'Mutation.deleteBundleVersion': 'PUBLISH',
  'Mutation.deleteCall': 'ADMIN',
  'Mutation.deleteEndpoint': 'OPERATE',
  'Mutation.deleteFunction': 'ADMIN',
  'Mutation.deletePackage': 'PUBLISH',
  'Mutation.deleteSetting': 'ADMIN',
  'Mutation.deleteUser': 'ADMIN',
  'Mutation.loadConfiguration': 'PUBLISH',
  'Mutation.processBundle': 'PUBLISH',
  'Mutation.promoteBundle': 'PUBLISH',
  'Mutation.purgeCache': 'ADMIN',
  'Mutation.revokeApiKey': 'ADMIN',
  'Mutation.revokeUser': 'ADMIN',
  'Mutation.rollbackBundle': 'PUBLISH',
  'Mutation.setFunctionStatus': 'ADMIN',
  'Mutation.setUserPassword': 'ADMIN',
  'Mutation.updateApiKey': 'ADMIN',
  'Mutation.updateEndpoint': 'ADMIN',
  'Mutation.updateFunction': 'ADMIN',
  'Mutation.updateSetting': 'ADMIN',
  'Mutation.updateUser': 'ADMIN',
  'Query.endpoint': 'PUBLISH',
  'Query.endpoints': 'OPERATE',
  'Query.node': 'PUBLISH',
  'Query.operators': 'OPERATE',
  // Who asks, and nothing else.
  'Query.viewer': undefined,
  'Subscription.callRecorded': 'ADMIN',
  'Subscription.catalogChanged': 'PUBLISH',
  'Subscription.userEvent': 'ADMIN',
}

const FIELDS = everyField()

const LEAST: Readonly<Record<string, Role>> = {
  READ: 'reader',
  CALL: 'caller',
  PUBLISH: 'publisher',
  ADMIN: 'admin',
  OPERATE: 'operator',
}

/** Whoever is let in at all. */
function mayAsk(role: Role, right: string | undefined): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(LEAST[right ?? 'PUBLISH'] ?? 'operator')
}

const endpointId = newEndpoint()
const tokens = new Map<Role, string>([['operator', ADMIN_TOKEN]])

beforeAll(async () => {
  await publishNotes(endpointId)
  for (const role of ['reader', 'caller', 'publisher', 'admin'] as const)
    tokens.set(role, (await managerOf({ endpointId, role, userId: role })).token)
})

/** The code of the first error, or the status where the request is not even taken. */
async function outcomeOf({ root, request: query }: GuardedField, token: string): Promise<unknown> {
  const url = `${gateways().first.url}/${endpointId}`
  try {
    if (root !== 'subscription') return codeOf((await graphql(url, token, query)).errors)
    return codeOf(await (await subscribeTo({ url, token, query })).nextErrors())
  } catch (error) {
    return Number(/^(?:Error: )?(\d{3}):/.exec(String(error))?.[1] ?? Number.NaN)
  }
}

/** Of what else is wrong with the request nothing is said here. */
function codeOf(errors: readonly AnswerError[]): string | undefined {
  const codes = errors.map(({ extensions }) => extensions['code'])
  return codes.includes('INSUFFICIENT_SCOPE') ? 'INSUFFICIENT_SCOPE' : undefined
}

describe('the rights of fields', () => {
  it('are said of every field that shows or changes something, and known here', () => {
    expect(Object.fromEntries(FIELDS.map(({ name, right }) => [name, right]))).toEqual(NEEDED)
  })
})

describe.each(FIELDS)('$name', (field) => {
  it('is for whoever has the right, and for nobody else', async () => {
    const outcomes: Record<string, unknown> = { nobody: await outcomeOf(field, 'not-a-token') }
    const expected: Record<string, unknown> = { nobody: 401 }
    const asked = [...tokens].map(async ([role, token]) => {
      outcomes[role] = await outcomeOf(field, token)
      const isLetIn = mayAsk(role, undefined)
      expected[role] = mayAsk(role, field.right) ? undefined : 'INSUFFICIENT_SCOPE'
      // The door of the API is for publishers and those above.
      if (!isLetIn) expected[role] = 403
    })
    await Promise.all(asked)
    expect(outcomes).toEqual(expected)
  })
})

describe('behind the door', () => {
  it('a right is demanded of whichever role, and what is lacking is one event of the audit', () => {
    const denied: unknown[] = []
    const access = createAccess({
      catalog: { snapshot: () => Promise.reject(new Error('not asked')), recent: () => undefined },
      audit: { note: ({ action, actor }) => denied.push([action, actor]) },
    })
    const isGranted = (roles: readonly Role[], right: string): boolean => {
      if (!isFieldRight(right)) throw new Error(`${right} is no right`)
      const caller = { endpointId: 'acme', userId: 'ann', roles } as Caller
      const context = { parts: { access }, caller } as unknown as ManagementContext
      try {
        demandRightOf(context, right, 'Query.node')
        return true
      } catch {
        return false
      }
    }
    for (const right of Object.keys(LEAST)) {
      expect(isGranted([], right.toLowerCase())).toBe(false)
      for (const role of ROLES)
        expect(isGranted([role], right.toLowerCase())).toBe(mayAsk(role, right))
    }
    // Fifteen of the thirty: none of five, and those below the least role of each.
    expect(denied).toHaveLength(15)
    expect(new Set(denied.map(String))).toEqual(new Set(['right.denied,ann']))
  })
})
