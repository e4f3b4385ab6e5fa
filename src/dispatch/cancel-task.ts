import type { Tasks } from '../tasks/tasks.js'
import type { Handler } from './handler.js'
import { demandTasks, taskNotFound } from './tasks-extension.js'

/** One that has ended is acknowledged too: it stays as it is. */
export function createCancelTask(tasks: Tasks): Handler<'tasks/cancel'> {
  return async (caller, request) => {
    demandTasks(request)
    if (!(await tasks.cancel(caller, request.params.taskId))) throw taskNotFound()
    return {}
  }
}
