/** GraphiQL itself: it is fetched with the user's token, and runs as the server's own. */
import { toRefusal } from '../live-page/gateway.js'

/**
 * @typedef {object} Bundle
 * @property {string} script
 * @property {string} style
 * @property {Readonly<Record<string, string>>} workers by what the editor calls them
 */

/** What the editor calls its workers, and the files that they are. */
const WORKERS = {
  editorWorkerService: 'editor-worker.js',
  json: 'json-worker.js',
  graphql: 'graphql-worker.js',
}

/**
 * @param {{ base: URL, getToken: () => Promise<string> }} options
 * @returns {Promise<Bundle>} rejects with a `Refusal`, or with what `fetch` says when nothing has answered
 */
export async function fetchGraphiql({ base, getToken }) {
  const authorization = `Bearer ${await getToken()}`
  /** @param {string} name */
  const fetchFile = async (name) => {
    const response = await fetch(new URL(`graphql/graphiql/${name}`, base), {
      headers: { authorization },
      cache: 'no-store',
      credentials: 'omit',
      // Elsewhere the token has no business.
      redirect: 'error',
    })
    if (!response.ok) throw await toRefusal(response)
    return response.text()
  }
  // The first says whether the user may have the rest.
  const style = await fetchFile('graphiql.css')
  const [script, ...workers] = await Promise.all(
    ['graphiql.js', ...Object.values(WORKERS)].map(fetchFile),
  )
  const names = Object.keys(WORKERS)
  return {
    script: script ?? '',
    style,
    workers: Object.fromEntries(names.map((name, at) => [name, workers[at] ?? ''])),
  }
}
