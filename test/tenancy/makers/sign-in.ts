/** Signing in by password, and what it gives. */
import type { Seeded } from '../../support/seeded.js'
import type { Answer, Draw, Maker } from '../draw.js'
import { mutate } from '../ids.js'
import { type Owner, NOBODY } from '../markers.js'
import type { SignInUser, World } from '../world.js'

export const signInMakers: readonly Maker[] = [
  { weight: 2, make: refresh, keepsPlace: true },
  { weight: 1, make: logout, keepsPlace: true },
]

/** A refresh token is its user's wherever it is sent from, and good at its own endpoint. */
function refresh(world: World, random: Seeded): Draw {
  const user = random.pick(world.signInUsers)
  const { held, relation } = world.ids.refreshTokens.choose(user.owner, random)
  // Who has none signs in: hashing a password is the dearest thing that there is to ask for.
  if (world.ids.refreshTokens.own(user.owner, random) === undefined) return login(world, user)
  const known = held?.value ?? 'none'
  const token = relation === 'mutated' ? mutate(known, random) : known
  if (relation === 'own') world.ids.refreshTokens.forget(user.owner, known)
  return {
    ...toAuth(user, 'refresh', { refresh_token: token }),
    relation,
    hearer: relation === 'own' ? user.owner : NOBODY,
    isGuarded: true,
    mustBeGood: relation === 'own',
    learn: learnTokens(world, user.owner),
  }
}

function login(world: World, user: SignInUser): Draw {
  const { userId: username, password } = user
  return {
    ...toAuth(user, 'login', { username, password }),
    mustBeGood: true,
    learn: learnTokens(world, user.owner),
  }
}

/** Always answered alike; that it ends nothing of others is seen by their next refresh. */
function logout(world: World, random: Seeded): Draw {
  const user = random.pick(world.signInUsers)
  const isOwn = random.chance(0.2)
  const own = world.ids.refreshTokens.own(user.owner, random)
  const other = world.ids.refreshTokens.foreign(user.owner, random)?.value
  const token = (isOwn ? own : other) ?? 'none'
  if (isOwn) world.ids.refreshTokens.forget(user.owner, token)
  return {
    ...toAuth(user, 'logout', { refresh_token: token }),
    relation: isOwn ? 'own' : 'foreign',
    isGood: ({ status }) => status === 204,
  }
}

function toAuth({ owner, tenant }: SignInUser, verb: string, body: object): Draw {
  return {
    kind: `auth/${verb}`,
    relation: 'own',
    hearer: owner,
    request: {
      method: 'POST',
      path: `/${tenant.endpointId}/auth/${verb}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    },
    isGood: ({ status }) => status === 200,
  }
}

function learnTokens({ ids, markers }: World, owner: Owner) {
  return ({ status, text }: Answer) => {
    if (status !== 200) return
    const { refresh_token: token } = JSON.parse(text) as { refresh_token: string }
    markers.claim(token, owner)
    ids.refreshTokens.keep(owner, token)
  }
}
