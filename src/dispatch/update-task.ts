import type { Caller } from '../domain/caller.js'
import type { JsonObject } from '../protocol/protocol.js'
import type { ReadAnswers, Tasks } from '../tasks/tasks.js'
import { readAnswers, toOpenQuestion } from './client-answers.js'
import type { Handler } from './handler.js'
import { demandTasks, taskNotFound } from './tasks-extension.js'

/** Answers that fit no open question are passed over: what was asked stays open. */
export function createUpdateTask(tasks: Tasks): Handler<'tasks/update'> {
  return async (caller, request) => {
    demandTasks(request)
    const { taskId, inputResponses } = request.params
    const isFound = await tasks.answer(caller, taskId, (open) =>
      readFitting(caller, open, inputResponses),
    )
    if (!isFound) throw taskNotFound()
    return {}
  }
}

function readFitting(caller: Caller, open: Parameters<ReadAnswers>[0], responses: JsonObject) {
  const asked = Object.entries(open).map(([key, question]) => [
    key,
    toOpenQuestion(caller, key, question),
  ])
  const answers = Object.entries(readAnswers(caller, Object.fromEntries(asked), responses))
  return Object.fromEntries(answers.map(([key, { answer }]) => [key, answer]))
}
