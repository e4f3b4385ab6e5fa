/** The path of every request's URL as the API takes it, wherever it came in. */
export const MANAGEMENT_PATH = '/graphql'
