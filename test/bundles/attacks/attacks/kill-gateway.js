/** Sends the gateway a signal; 0 only asks whether one could be sent. */
export class Attack {
  run({ gateway }) {
    process.kill(gateway, 0)
    return 'the signal could be sent'
  }
}
