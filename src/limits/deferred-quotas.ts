/** Quotas that are opened by the first request: commands like `token` never need them. */
import type { Quota, Quotas } from './quota.js'

export function createDeferredQuotas(open: () => Promise<Quotas>): Quotas {
  let opening: Promise<Quotas> | undefined
  let isClosed = false
  const opened = () => {
    opening ??= open()
    return opening
  }
  return {
    open: (name, perMinute) => {
      let quota: Promise<Quota> | undefined
      return {
        perMinute,
        grant: async (key, points) => {
          if (isClosed) return { points, left: perMinute, resetMs: CLOSED_MS }
          quota ??= opened().then((quotas) => quotas.open(name, perMinute))
          return (await quota).grant(key, points)
        },
      }
    },
    close: () => {
      isClosed = true
      void opening?.then((quotas) => quotas.close())
    },
  }
}

/** For what still runs when the gateway closes, in milliseconds. */
const CLOSED_MS = 1000
