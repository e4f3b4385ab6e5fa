import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createFolder } from './local-folder.js'
import { openTerminal } from './program.js'

/** DynamoDB for somebody whom it does not know. */
async function startRefusing(): Promise<string> {
  const message = 'The security token included in the request is invalid.'
  const server = createServer((_request, response) => {
    response.setHeader('x-amzn-errortype', 'UnrecognizedClientException')
    response.writeHead(400).end(JSON.stringify({ message }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

it('what AWS refuses is told in one line, in its own words', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDNOBODY')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  onTestFinished(() => void vi.unstubAllEnvs())
  const env = {
    DATA_DIR: await createFolder(),
    AWS_REGION: 'eu-central-1',
    FUNCT_BUCKET_NAME: 'bundles',
    JWT_SECRET_KEY: 'a-signing-key-of-more-than-32-characters',
    AWS_ENDPOINT_URL_DYNAMODB: await startRefusing(),
  }
  expect(await openTerminal(env).run('bundle', 'list')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'The security token included in the request is invalid.\n',
  })
})
