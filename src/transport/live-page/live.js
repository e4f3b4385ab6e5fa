/** The live page: signs in, shows the endpoint's tools, calls them, and tells what happens. */
import { createCredentials } from './credentials.js'
import { byId } from './dom.js'
import { startEventFeed } from './event-feed.js'
import { createEventRows } from './event-rows.js'
import { createGateway, isUnauthenticated, Refusal } from './gateway.js'
import { keepInTab } from './kept.js'
import { createSignIn, passwordWay, tokenWay } from './sign-in.js'
import { createToolList } from './tool-list.js'
import { createToolPanel } from './tool-panel.js'
import { listTools } from './tools.js'

/** @typedef {import('./tools.js').Tool} Tool */

/** `/{endpoint_id}/`, below whatever a proxy puts before it. */
const base = new URL('.', location.href)
const endpointId = base.pathname.split('/').at(-2) ?? ''

const credentials = createCredentials({ base, kept: keepInTab('credentials') })
const keptPlace = keepInTab('last event')

const connection = byId('connection', HTMLElement)
const signOutButton = byId('sign-out', HTMLButtonElement)
const place = byId('tool', HTMLElement)
const choose = place.firstElementChild

const CONNECTION = {
  connecting: 'Connecting …',
  connected: 'Connected',
  reconnecting: 'Connection lost: reconnecting …',
}

const ENDED = 'You were signed out: the token is over, or no longer valid.'

/** @type {(() => void) | undefined} */
let leave

const signIn = createSignIn({
  ways: [tokenWay(), passwordWay(base)],
  problem: byId('sign-in-problem', HTMLElement),
  enter: arrive,
})

/** @param {import('./credentials.js').Given} given */
async function arrive(given) {
  credentials.take(given)
  try {
    await enter()
  } catch (error) {
    credentials.end()
    throw error
  }
}

/** With the credentials that are kept. */
async function enter() {
  const gateway = createGateway({ base, getToken: credentials.token })
  const tools = await listTools(gateway)
  leave = openSession(gateway, tools)
  show('signed-in')
  byId('tools-title', HTMLElement).focus()
}

/** @param {string} [why] */
function signOut(why) {
  leave?.()
  leave = undefined
  credentials.end()
  keptPlace.write(undefined)
  connection.textContent = ''
  show('signed-out')
  signIn.ask(why)
}

/** @param {'signed-in' | 'signed-out'} which */
function show(which) {
  byId('signed-in', HTMLElement).hidden = which !== 'signed-in'
  byId('signed-out', HTMLElement).hidden = which !== 'signed-out'
  signOutButton.hidden = which !== 'signed-in'
}

const list = createToolList({
  list: byId('tools', HTMLElement),
  filter: byId('filter', HTMLInputElement),
  status: byId('tools-status', HTMLElement),
  onChoose: (tool) => choosePanel(tool),
})

/**
 * Shows a tool, as whoever is signed in has it.
 *
 * @type {(tool: Tool) => void}
 */
let choosePanel = () => undefined

/**
 * @param {import('./gateway.js').Gateway} gateway
 * @param {readonly Tool[]} tools
 * @returns {() => void} ends it
 */
function openSession(gateway, tools) {
  const over = new AbortController()
  const onUnauthenticated = () => {
    if (!over.signal.aborted) signOut(ENDED)
  }
  /** @param {string} uri */
  const readResource = (uri) => gateway.ask('resources/read', { uri }, { signal: over.signal })
  const rows = createEventRows({
    list: byId('event-rows', HTMLElement),
    empty: byId('no-events', HTMLElement),
    readResource,
  })
  const refresh = async () => {
    try {
      const changed = await listTools(gateway)
      if (!over.signal.aborted) list.show(changed)
    } catch (error) {
      if (isUnauthenticated(error)) onUnauthenticated()
      else if (!over.signal.aborted) list.say('The list of tools could not be read again.')
    }
  }
  list.show(tools)
  choosePanel = createPanels({ gateway, readResource, onUnauthenticated, signal: over.signal })
  const endFeed = startEventFeed({
    gateway,
    place: keptPlace,
    onUnauthenticated,
    onEvent: (event) => {
      rows.add(event)
      // After a gap it may have changed unheard.
      if (event.type === 'catalog.changed' || event.type === 'gap') void refresh()
    },
    onState: (state, reason) => {
      connection.dataset['state'] = state
      const text = reason === undefined ? CONNECTION[state] : `${CONNECTION[state]} ${reason}`
      // Said once, however often it is tried.
      if (connection.textContent !== text) connection.textContent = text
    },
  })
  return () => {
    over.abort()
    endFeed()
    rows.clear()
    list.clear()
    delete connection.dataset['state']
    place.replaceChildren(...(choose === null ? [] : [choose]))
  }
}

/**
 * Panels stay as they are while others are shown: a call goes on, and what was typed is there.
 *
 * @param {import('./tool-panel.js').PanelParts} parts
 * @returns {(tool: Tool) => void}
 */
function createPanels(parts) {
  /** @type {Map<string, ReturnType<typeof createToolPanel>>} */
  const panels = new Map()
  return (tool) => {
    // A tool that has changed gets a panel of its own.
    const key = JSON.stringify(tool)
    const panel = panels.get(key) ?? createToolPanel(tool, parts)
    panels.set(key, panel)
    place.replaceChildren(panel.element)
    panel.focus()
  }
}

/** When a page that was opened while the server was away tries again, in milliseconds. */
const RETRY_MS = 2000

/** Goes on as who was here before a reload. */
async function resume() {
  if (!credentials.areThere()) return signOut()
  try {
    await enter()
  } catch (error) {
    if (isUnauthenticated(error)) return signOut(ENDED)
    if (error instanceof Refusal && error.status < 500) return signOut(error.message)
    // It may be restarting: what was kept is good for another try.
    connection.textContent = 'The server cannot be reached: trying again …'
    setTimeout(() => void resume(), RETRY_MS)
  }
}

byId('endpoint', HTMLElement).textContent = endpointId
document.title = `Live: ${endpointId} · MCP Daemon`
signOutButton.addEventListener('click', () => signOut())
void resume()
