import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { createCertificate } from '../support/certificate.js'
import { createServedFolder } from './local-folder.js'
import { openTerminal } from './program.js'

it('listens beyond loopback over TLS alone, and its banner says https', async () => {
  const DATA_DIR = await createServedFolder()
  const { certFile, keyFile } = createCertificate(DATA_DIR)
  const terminal = openTerminal({
    DATA_DIR,
    HOST: '0.0.0.0',
    PORT: '0',
    EXECUTOR: 'worker',
    TLS_CERT_FILE: certFile,
    TLS_KEY_FILE: keyFile,
  })
  const said = once(terminal.stdout, 'data')
  const ended = terminal.run('start')
  onTestFinished(async () => {
    terminal.interrupt()
    await ended
  })
  const banner = String(await Promise.race([said, ended.then(({ stderr }) => stderr)]))
  expect(banner).toMatch(/ listens on https:\/\/[\d.]+:\d+\n/)
  expect(banner).toMatch(/curl -s https:\/\/[\d.]+:\d+\/default\/mcp/)
})

it('does not start beyond loopback without it, and says what to do', async () => {
  const terminal = openTerminal({ DATA_DIR: await createServedFolder(), HOST: '0.0.0.0' })
  const { exitCode, stderr } = await terminal.run('start')
  expect(exitCode).not.toBe(0)
  expect(stderr).toContain('set TLS_CERT_FILE and TLS_KEY_FILE, or TRUST_PROXY')
})
