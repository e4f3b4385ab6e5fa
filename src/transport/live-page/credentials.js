/** The user's credentials: kept in this tab, and refreshed before they are over. */
import { toRefusal } from './gateway.js'
import { isObject, numberOf, textOf } from './json.js'

/**
 * @typedef {object} Given
 * @property {string} token
 * @property {string} [refreshToken] brings the next ones, once
 * @property {number} [refreshAt] from when on: milliseconds since 1970, by this machine's clock
 */

/**
 * @typedef {object} Credentials
 * @property {(given: Given) => void} take
 * @property {() => boolean} areThere
 * @property {() => Promise<string>} token one that is good for a while, where there can be one.
 * Rejects with a `Refusal`, or with what `fetch` says when nothing has answered
 * @property {() => void} end forgets them, here and there
 */

/** When this much of its time is over, a token is refreshed by the next use of it. */
const REFRESH_AFTER = 0.75

/**
 * @param {{ base: URL, kept: import('./kept.js').Kept }} options
 * @returns {Credentials}
 */
export function createCredentials({ base, kept }) {
  let given = readGiven(kept.read())
  /** @type {Promise<void> | undefined} */
  let refreshing

  /** @param {Given | undefined} next */
  const keep = (next) => {
    given = next
    kept.write(next && JSON.stringify(next))
  }
  /** @param {string} refreshToken */
  const refresh = async (refreshToken) => {
    const before = given
    const next = await askSignIn(base, 'refresh', { refresh_token: refreshToken })
    // Whoever signed out meanwhile stays out; some issuers give one refresh token for all times.
    if (given === before) keep({ refreshToken, ...next })
  }
  return {
    take: keep,
    areThere: () => given !== undefined,
    async token() {
      const { refreshToken, refreshAt = Infinity } = given ?? {}
      if (refreshToken !== undefined && refreshAt <= Date.now()) {
        // A refresh token is good once, so there is one refresh for all who wait for it.
        refreshing ??= refresh(refreshToken).finally(() => {
          refreshing = undefined
        })
        await refreshing
      }
      return given?.token ?? ''
    },
    end() {
      const token = given?.refreshToken
      keep(undefined)
      // Should it not arrive, the sign-in ends by itself.
      if (token !== undefined)
        void post(base, 'logout', { refresh_token: token }).catch(() => undefined)
    },
  }
}

/**
 * Signs in by password.
 *
 * @param {URL} base
 * @param {{ username: string, password: string }} typed
 */
export function signInByPassword(base, typed) {
  return askSignIn(base, 'login', typed)
}

/**
 * @param {URL} base
 * @param {'login' | 'refresh'} what
 * @param {Record<string, string>} body
 * @returns {Promise<Given>} rejects with a `Refusal`
 */
async function askSignIn(base, what, body) {
  const response = await post(base, what, body)
  if (!response.ok) throw await toRefusal(response)
  const answer = await response.json()
  const token = isObject(answer) ? textOf(answer['access_token']) : undefined
  if (!isObject(answer) || token === undefined) throw new TypeError('the answer brings no token')
  const refreshToken = textOf(answer['refresh_token'])
  return {
    token,
    ...(refreshToken !== undefined && { refreshToken }),
    refreshAt: Date.now() + Number(answer['expires_in']) * 1000 * REFRESH_AFTER,
  }
}

/**
 * @param {URL} base
 * @param {string} what
 * @param {Record<string, string>} body
 */
function post(base, what, body) {
  return fetch(new URL(`auth/${what}`, base), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    cache: 'no-store',
    credentials: 'omit',
    // Elsewhere a password has no business.
    redirect: 'error',
    // A page that is left may still sign out.
    keepalive: true,
  })
}

/**
 * @param {string | undefined} text
 * @returns {Given | undefined}
 */
function readGiven(text) {
  const value = text === undefined ? undefined : JSON.parse(text)
  const token = isObject(value) ? textOf(value['token']) : undefined
  if (!isObject(value) || token === undefined) return undefined
  const refreshToken = textOf(value['refreshToken'])
  const refreshAt = numberOf(value['refreshAt'])
  return {
    token,
    ...(refreshToken !== undefined && { refreshToken }),
    ...(refreshAt !== undefined && { refreshAt }),
  }
}
