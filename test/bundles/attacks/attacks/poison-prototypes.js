/** Changes what every later call of its instance uses. */
export class Attack {
  run() {
    const before = Array.prototype.map
    try {
      Array.prototype.map = () => ['poisoned']
      if ([1].map(String)[0] !== 'poisoned') throw new Error('nothing was changed')
    } finally {
      if (Array.prototype.map !== before) Array.prototype.map = before
    }
    return 'poisoned'
  }
}
