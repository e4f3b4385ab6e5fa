const { join } = require('node:path')

class Legacy {
  greet({ name }) {
    return join('hello', name)
  }
}

module.exports = Object.assign(Object.create(null), { ['Leg' + 'acy']: Legacy })
