export { Counter } from '../first/index.js'
