/** What the bundler says of an author's code, as lines that name file, line and column. */
import { relative } from 'node:path'
import { z } from 'zod'
import { toRealName } from './own-modules.js'

const Problem = z.object({
  message: z.string(),
  id: z.string().optional(),
  frame: z.string().optional(),
  loc: z.object({ line: z.number(), column: z.number(), file: z.string().optional() }).optional(),
})

const Failure = z.object({ errors: z.array(Problem).min(1) })

/** @returns undefined for what is no problem of the code */
export function toBuildProblems(error: unknown, folder: string): string[] | undefined {
  const { data } = Failure.safeParse(error)
  return data?.errors.map((problem) => toRealName(toSentence(problem, folder)))
}

function toSentence({ message, id, loc, frame }: z.infer<typeof Problem>, folder: string): string {
  const [first = ''] = message.split('\n')
  const said = first.replace(/^\[[A-Z_]+\] /, '').replaceAll(`${folder}/`, '')
  const file = loc?.file ?? id
  const place =
    file === undefined
      ? ''
      : `${relative(folder, file)}${loc ? `:${loc.line}:${loc.column + 1}` : ''}: `
  return `${place}${said}${frame === undefined ? '' : `\n${indent(frame)}`}`
}

function indent(frame: string): string {
  return frame
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
}
