/** Hears what becomes of the tasks of an endpoint elsewhere, while some of them run here. */
import type { EndpointId } from '../domain/tenant.js'
import type { EndpointSignals } from '../events/endpoint-signals.js'
import type { Log } from '../telemetry/telemetry.js'

export interface Ears {
  /** One more task of the endpoint runs here. */
  open(endpointId: EndpointId): void
  /** One less. */
  close(endpointId: EndpointId): void
}

export interface EarsParts {
  /** Not by way of `subscriptions/`: lists and their catalog are of no interest here. */
  readonly signals: EndpointSignals
  readonly log: Log
  /** @param taskId undefined when signals were lost: then of any task of the endpoint */
  readonly onChanged: (endpointId: EndpointId, taskId: string | undefined) => void
}

interface Hearing {
  tasks: number
  readonly stop: Promise<() => void>
}

export function createEars({ signals, log, onChanged }: EarsParts): Ears {
  const all = new Map<string, Hearing>()

  /** Nobody waits for it: a task that is not told looks for itself. */
  const hear = (endpointId: EndpointId): Promise<() => void> =>
    signals
      .hear(
        endpointId,
        (signal) => {
          if (signal.type === 'task.changed') onChanged(endpointId, signal.taskId)
        },
        () => onChanged(endpointId, undefined),
      )
      .catch((err: unknown) => {
        log.warn({ err, endpointId }, 'tasks of an endpoint cannot be heard')
        return () => undefined
      })

  return {
    open: (endpointId) => {
      const known = all.get(endpointId)
      if (known === undefined) all.set(endpointId, { tasks: 1, stop: hear(endpointId) })
      else known.tasks += 1
    },
    close: (endpointId) => {
      const known = all.get(endpointId)
      if (known === undefined || --known.tasks > 0) return
      all.delete(endpointId)
      void known.stop.then((stop) => stop())
    },
  }
}
