/** Bundles on their way. */
import type { Seeded } from '../../support/seeded.js'
import type { Draw, Maker } from '../draw.js'
import { mutate } from '../ids.js'
import { UPLOAD, type World } from '../world.js'
import { pickClient } from './modern.js'

export const uploadMakers: readonly Maker[] = [{ weight: 2, make: upload, keepsPlace: true }]

function upload(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const { held, relation } = world.ids.uploads.choose(client.owner, random)
  const known = held?.value ?? `0${'x'.repeat(32)}`
  const uploadId = relation === 'mutated' ? mutate(known, random) : known
  if (relation === 'own') world.ids.uploads.forget(client.owner, known)
  return {
    kind: 'PUT of an upload',
    relation,
    hearer: client.owner,
    request: {
      method: 'PUT',
      path: `/${client.tenant.endpointId}/uploads/${uploadId}`,
      headers: {
        authorization: `Bearer ${client.token}`,
        'content-type': 'application/zip',
        'content-length': String(UPLOAD.length),
      },
      body: UPLOAD,
    },
    isGuarded: true,
    mustBeGood: relation === 'own' && Date.now() < world.uploadsUntil,
    isGood: ({ status }) => status === 201,
  }
}
