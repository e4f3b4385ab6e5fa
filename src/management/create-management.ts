/** The API as a whole. Its libraries take a while to load: the first request does it. */
import type { Asker, Management, ManagementParts } from './management.js'

type Answer = (request: Request, asker: Asker) => Promise<Response>

export function createManagement(parts: ManagementParts): Management {
  let opening: Promise<Answer> | undefined
  const open = async (): Promise<Answer> => {
    const { createApi } = await import('./api.js')
    return createApi(parts)
  }
  return {
    answer: async (request, asker) => {
      opening ??= open()
      return (await opening)(request, asker)
    },
  }
}
