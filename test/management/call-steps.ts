/** Pages of calls, as a test asks for them. */
import type { Manager } from '../support/management.js'

interface Call {
  readonly id: string
  readonly callId: string
  readonly name: string
  readonly status: string
  readonly arguments: unknown
}

export interface CallPage {
  readonly nodes: readonly Call[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

interface Calls {
  readonly endpoint: { readonly calls: CallPage }
}

const PAGE = `query ($filter: FunctionCallFilter, $first: Int, $after: String, $last: Int, $before: String) {
  endpoint {
    calls(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes { id callId name status arguments }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}`

/** As the other instance shows it. */
export async function pageOf(ada: Manager, variables: object = {}): Promise<CallPage> {
  const { data, errors } = await ada.onSecond<Calls>(PAGE, variables)
  if (errors.length > 0) throw new Error(JSON.stringify(errors))
  return data.endpoint.calls
}

/** Of what is wrong with the question. */
export async function codeOf(ada: Manager, variables: object): Promise<unknown> {
  const { errors } = await ada.onSecond<Calls>(PAGE, variables)
  return errors[0]?.extensions['code']
}

export const CANCEL = `mutation ($input: CancelCallInput!) {
  cancelCall(input: $input) {
    isCancelled call { callId } userErrors { field code message }
  }
}`

export const DELETE = `mutation ($input: DeleteCallInput!) {
  deleteCall(input: $input) { deletedCallId userErrors { field code } }
}`
