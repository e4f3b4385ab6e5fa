/** Loads native code, which no rule of the runtime binds. */
export class Attack {
  run({ addon }) {
    process.dlopen({ exports: {} }, addon)
    return 'loaded'
  }
}
