/** The part of dynalite 4 that is used; the package carries no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http'

  /** A server whose `close` also closes the store. */
  function dynalite(options: {
    /** Folder of the LevelDB store. */
    path: string
    createTableMs: number
    deleteTableMs: number
    updateTableMs: number
  }): Server
  export = dynalite
}
