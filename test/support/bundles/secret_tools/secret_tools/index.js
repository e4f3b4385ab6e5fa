import { createHash } from 'node:crypto'

const sha256 = (value) => createHash('sha256').update(value).digest('hex')

let goOn
const mayGoOn = new Promise((resolve) => {
  goOn = resolve
})

export class SecretTools {
  signIn({ user, password, cards = [] }) {
    if (user === 'nobody') throw new Error(`no user ${user}`)
    return { password: sha256(password), cards: cards.map(({ number }) => sha256(number)) }
  }

  async signInLater({ password, token }) {
    await mayGoOn
    return { password: sha256(password), token: sha256(token) }
  }

  goOn() {
    goOn()
    return 'gone on'
  }

  unlock({ pin }) {
    return sha256(pin)
  }
}
