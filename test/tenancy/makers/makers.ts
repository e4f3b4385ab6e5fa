/** Every surface that the run draws from: one file each. Another one joins here. */
import type { Seeded } from '../../support/seeded.js'
import type { Draw, Maker } from '../draw.js'
import type { World } from '../world.js'
import { astray } from './astray.js'
import { eventMakers } from './events.js'
import { graphqlMakers } from './graphql.js'
import { modernMakers } from './modern.js'
import { sessionStreamMakers } from './session-streams.js'
import { sessionMakers } from './sessions.js'
import { signInMakers } from './sign-in.js'
import { taskMakers } from './tasks.js'
import { uploadMakers } from './uploads.js'

const SURFACES = [
  modernMakers,
  taskMakers,
  sessionMakers,
  sessionStreamMakers,
  eventMakers,
  signInMakers,
  uploadMakers,
  graphqlMakers,
].flat()

const MAKERS: readonly Maker[] = [...SURFACES, astray(SURFACES)]
const WEIGHT = MAKERS.reduce((sum, { weight }) => sum + weight, 0)

export function draw(world: World, random: Seeded): Draw {
  let left = random.integer(1, WEIGHT)
  for (const { weight, make } of MAKERS) {
    left -= weight
    if (left <= 0) return make(world, random)
  }
  throw new Error('the weights of the makers do not add up')
}
