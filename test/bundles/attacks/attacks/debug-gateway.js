/** Would make the gateway open its debugger, through which it can be told anything. */
export class Attack {
  run() {
    if (typeof process._debugProcess !== 'function')
      throw new Error('there is nothing to do it with')
    return 'the debugger could be opened'
  }
}
