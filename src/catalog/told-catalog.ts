/**
 * Changes of a catalog that every instance hears of at once, whoever makes them: requests, commands,
 * and whatever comes to be. Who does not hear finds out by its next look at the version.
 */
import type { EndpointId } from '../domain/tenant.js'
import type { Peers } from '../peers/peers.js'
import type { CatalogAdministration } from './administration.js'
import type { Catalog } from './catalog.js'

type Teller = Pick<Peers, 'tell'>

export function createToldCatalog(catalog: Catalog, peers: Teller): Catalog {
  const told = createTelling(peers)
  return {
    ...catalog,
    activate: (version) => told(version.ref.endpointId, catalog.activate(version)),
    promote: (promotion) => told(promotion.ref.endpointId, catalog.promote(promotion)),
    setOverride: (change) => told(change.endpointId, catalog.setOverride(change)),
  }
}

export function createToldAdministration(
  administration: CatalogAdministration,
  peers: Teller,
): CatalogAdministration {
  const told = createTelling(peers)
  return {
    ...administration,
    changeSetting: (change) => told(change.endpointId, administration.changeSetting(change)),
    defineFunction: (definition) =>
      told(definition.endpointId, administration.defineFunction(definition)),
    removeFunction: (removal) => told(removal.endpointId, administration.removeFunction(removal)),
    removePackage: (removal) => told(removal.endpointId, administration.removePackage(removal)),
    removeVersion: (version) => told(version.ref.endpointId, administration.removeVersion(version)),
  }
}

/** Also of a change that fails: it may have come half of the way. */
function createTelling(peers: Teller) {
  return async <Result>(endpointId: EndpointId, change: Promise<Result>): Promise<Result> => {
    try {
      return await change
    } finally {
      await peers.tell({ type: 'catalog.changed', endpointId })
    }
  }
}
