/** Fetches from a service beside the gateway, as it would from a cloud's metadata. */
export class Attack {
  async run({ port }) {
    const response = await fetch(`http://127.0.0.1:${port}/`)
    return response.text()
  }
}
