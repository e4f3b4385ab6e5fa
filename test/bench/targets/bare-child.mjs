/** The least that a process can do for a call: a line of JSON in, a line of JSON out. */
let rest = ''
process.stdin.setEncoding('utf8').on('data', (text) => {
  const lines = (rest + text).split('\n')
  rest = lines.pop()
  let answers = ''
  for (const line of lines) {
    const [call, { value }] = JSON.parse(line)
    answers += `${JSON.stringify([call, value])}\n`
  }
  if (answers !== '') process.stdout.write(answers)
})
