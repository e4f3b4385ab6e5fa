/**
 * Who is here: signed out, the page asks for credentials; signed in, it keeps them in this tab.
 *
 * A way to sign in is a form of the page and what makes credentials of it.
 */
import { signInByPassword } from './credentials.js'
import { byId } from './dom.js'
import { Refusal } from './gateway.js'
import { wordsOf } from './json.js'

/** @typedef {import('./credentials.js').Given} Given */

/**
 * @typedef {object} Way
 * @property {HTMLFormElement} form
 * @property {() => Promise<Given>} getCredentials from what was typed; rejects with words for who typed it
 * @property {() => void} clear forgets what was typed
 */

/**
 * @typedef {object} SignInParts
 * @property {readonly Way[]} ways
 * @property {HTMLElement} problem
 * @property {(given: Given) => Promise<void>} enter rejects when they do not open the endpoint
 */

/** @param {SignInParts} parts */
export function createSignIn({ ways, problem, enter }) {
  /** @param {Way} way */
  const submit = async (way) => {
    const button = way.form.querySelector('button')
    problem.textContent = ''
    if (button !== null) button.disabled = true
    try {
      await enter(await way.getCredentials())
      clear()
    } catch (error) {
      problem.textContent = toWords(error)
      way.form.querySelector('input')?.focus()
    } finally {
      if (button !== null) button.disabled = false
    }
  }
  const clear = () => {
    for (const way of ways) way.clear()
  }
  for (const way of ways)
    way.form.addEventListener('submit', (event) => {
      event.preventDefault()
      void submit(way)
    })
  return {
    /** @param {string} [why] says why one is asked again */
    ask(why = '') {
      clear()
      problem.textContent = why
      ways[0]?.form.querySelector('input')?.focus()
    },
  }
}

/** @param {unknown} error */
function toWords(error) {
  if (error instanceof Refusal)
    return error.status === 401
      ? 'This token is not valid here, or it is over.'
      : `Refused: ${error.message}`
  if (error instanceof TypeError) return 'The server cannot be reached. Try again.'
  return wordsOf(error)
}

/** An access token, as it was copied from somewhere. */
export function tokenWay() {
  const input = byId('token', HTMLInputElement)
  /** @type {Way} */
  const way = {
    form: byId('token-form', HTMLFormElement),
    getCredentials: async () => {
      const token = input.value.trim().replace(/^Bearer\s+/i, '')
      if (token === '') throw new Error('Paste an access token first.')
      if (!/^[\x21-\x7e]+$/.test(token))
        throw new Error('A token has neither spaces nor letters like ä.')
      return { token }
    },
    clear: () => {
      input.value = ''
    },
  }
  return way
}

/**
 * A user name and a password.
 *
 * @param {URL} base
 */
export function passwordWay(base) {
  const username = byId('username', HTMLInputElement)
  const password = byId('password', HTMLInputElement)
  /** @type {Way} */
  const way = {
    form: byId('password-form', HTMLFormElement),
    getCredentials: async () => {
      const typed = { username: username.value.trim(), password: password.value }
      if (typed.username === '' || typed.password === '')
        throw new Error('Type a user name and a password first.')
      try {
        return await signInByPassword(base, typed)
      } catch (error) {
        throw error instanceof Refusal ? new Error(toPasswordWords(error)) : error
      }
    },
    clear: () => {
      password.value = ''
    },
  }
  return way
}

/** @param {Refusal} refusal */
function toPasswordWords({ status, message }) {
  return status === 404 ? 'Nobody signs in here by password: use an access token.' : message
}
