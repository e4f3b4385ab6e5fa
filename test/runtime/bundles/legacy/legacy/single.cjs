module.exports = class Single {
  greet() {
    return 'the module is the class'
  }
}
