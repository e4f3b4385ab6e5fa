/** The product for one test alone: what it starts has ended, and its folder gone, with the test. */
import { onTestFinished } from 'vitest'
import {
  createDataFolder,
  type Gateway,
  type GatewaySettings,
  removeDataFolder,
  startGateway,
} from '../support/product.js'

/** Processes start and end in these tests, on machines that are busy with others. */
export const TIMEOUT_MS = 120_000

/** The README's own command. */
export const npmStart = ['npm', 'start']

export async function freshFolder(): Promise<string> {
  const dataFolder = await createDataFolder()
  onTestFinished(() => removeDataFolder(dataFolder))
  return dataFolder
}

export async function start(settings: GatewaySettings): Promise<Gateway> {
  const gateway = await startGateway(settings)
  onTestFinished(async () => void (await gateway.stop()))
  return gateway
}
