import { nothing } from './not-there.js'

export class Importing {
  work() {
    return nothing
  }
}
