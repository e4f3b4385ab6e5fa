export class Twin {
  echo({ text }) {
    return text
  }

  fail() {
    throw new Error('the kettle is empty')
  }

  region({ region }) {
    return `region=${region}`
  }

  note() {
    return 'a note'
  }

  item({ params }) {
    return params.id
  }

  greet({ name, tone = 'kind' }) {
    return `Greet ${name} in a ${tone} tone`
  }
}
