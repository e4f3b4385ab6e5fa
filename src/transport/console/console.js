/** The console: signs in, fetches GraphiQL with the user's token, and asks with it what is typed there. */
import { createCredentials } from '../live-page/credentials.js'
import { byId } from '../live-page/dom.js'
import { isUnauthenticated, Refusal } from '../live-page/gateway.js'
import { keepInTab } from '../live-page/kept.js'
import { createSignIn, passwordWay, tokenWay } from '../live-page/sign-in.js'
import { fetchGraphiql } from './bundle.js'
import { createFetcher } from './fetcher.js'
import { startGraphiql } from './graphiql.js'
import { createTabStorage } from './tab-storage.js'

/** `/{endpoint_id}/`, or `/` for the whole gateway, below whatever a proxy puts before it. */
const base = new URL('.', location.href)
/** Empty for the whole gateway, whose operators sign in at any endpoint. */
const endpointId = document.body.dataset['endpoint'] ?? ''
const signInBase = endpointId === '' ? new URL('default/', base) : base

const credentials = createCredentials({ base: signInBase, kept: keepInTab('credentials') })
/** Why one was signed out, for the page that comes after this one. */
const keptReason = keepInTab('signed out')
const storage = createTabStorage()

const connection = byId('connection', HTMLElement)
const signOutButton = byId('sign-out', HTMLButtonElement)

const ENDED = 'You were signed out: the token is over, or no longer valid.'

const signIn = createSignIn({
  ways: [passwordWay(signInBase), tokenWay()],
  problem: byId('sign-in-problem', HTMLElement),
  enter: async (given) => {
    credentials.take(given)
    try {
      await enter()
    } catch (error) {
      credentials.end()
      throw error
    }
  },
})

/** With the credentials that are kept. */
async function enter() {
  connection.textContent = 'Loading …'
  try {
    const bundle = await fetchGraphiql({ base, getToken: credentials.token })
    const fetcher = createFetcher({
      url: new URL('graphql', base),
      getToken: credentials.token,
      onUnauthenticated: () => signOut(ENDED),
    })
    show('signed-in')
    byId('title', HTMLElement).focus()
    startGraphiql(byId('graphiql', HTMLElement), { bundle, fetcher, storage })
  } finally {
    connection.textContent = ''
  }
}

let isLeaving = false

/**
 * GraphiQL keeps what it has shown for as long as its page is there: so the page comes anew.
 *
 * @param {string} [why]
 */
function signOut(why) {
  if (isLeaving) return
  isLeaving = true
  credentials.end()
  storage.clear()
  keptReason.write(why)
  location.reload()
}

/** @param {'signed-in' | 'signed-out'} which */
function show(which) {
  const isIn = which === 'signed-in'
  document.body.classList.toggle('signed-in', isIn)
  byId('graphiql', HTMLElement).hidden = !isIn
  byId('signed-out', HTMLElement).hidden = isIn
  byId('page-style', HTMLLinkElement).disabled = isIn
  signOutButton.hidden = !isIn
}

/** @param {string} [why] */
function ask(why) {
  credentials.end()
  show('signed-out')
  signIn.ask(why)
}

/** When a page that was opened while the server was away tries again, in milliseconds. */
const RETRY_MS = 2000

/** Goes on as who was here before a reload. */
async function resume() {
  const why = keptReason.read()
  keptReason.write(undefined)
  if (!credentials.areThere()) return ask(why)
  try {
    await enter()
  } catch (error) {
    if (isUnauthenticated(error)) return ask(ENDED)
    if (error instanceof Refusal && error.status < 500) return ask(error.message)
    // It may be restarting: what was kept is good for another try.
    connection.textContent = 'The server cannot be reached: trying again …'
    setTimeout(() => void resume(), RETRY_MS)
  }
}

const place = endpointId === '' ? 'the whole gateway' : endpointId
byId('endpoint', HTMLElement).textContent = place
document.title = `GraphiQL: ${place} · MCP Daemon`
if (endpointId === '')
  byId('for-whom', HTMLElement).textContent =
    'See and change everything at every endpoint: for operators of the whole gateway.'
signOutButton.addEventListener('click', () => signOut())
void resume()
