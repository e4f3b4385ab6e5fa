import type { DetailTask } from './detailed-task.js'
import type { Handler } from './handler.js'
import { demandTasks } from './tasks-extension.js'

export function createGetTask(detailTask: DetailTask): Handler<'tasks/get'> {
  return async (caller, request) => {
    demandTasks(request)
    return detailTask(caller, request.params.taskId)
  }
}
