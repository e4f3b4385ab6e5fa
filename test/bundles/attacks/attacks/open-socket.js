import { once } from 'node:events'
import { connect } from 'node:net'

/** Connects to a service beside the gateway, past any `fetch`. */
export class Attack {
  async run({ port }) {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.destroy()
    return 'connected'
  }
}
