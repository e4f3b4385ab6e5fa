#!/usr/bin/env node
/**
 * `npm start`: builds what has changed since the last build, then becomes `mcp-daemon start` in this
 * same process, so that signals, standard input and output are its own. Writes nothing itself to
 * standard output: with `--stdio` it belongs to the protocol.
 */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const main = join(root, 'dist/main.js')
/** Sidecars of one IDE start at the same time; one builds and the others wait. */
const lock = join(root, 'node_modules/.cache/mcp-daemon-build')
const POLL_MS = 50

if (isStale()) withLock(() => isStale() && build())
process.argv = [process.execPath, main, 'start', ...process.argv.slice(2)]
await import(pathToFileURL(main).href)

function isStale() {
  if (!existsSync(main)) return true
  const builtAtMs = statSync(main).mtimeMs
  return sources().some((path) => statSync(path).mtimeMs > builtAtMs)
}

/** Folders too: a file that is gone changes its folder only. */
function sources() {
  const src = join(root, 'src')
  const inside = readdirSync(src, { recursive: true }).map((name) => join(src, name.toString()))
  return [join(root, 'package.json'), src, ...inside]
}

function build() {
  const script = join(root, 'scripts/build.mjs')
  const { status } = spawnSync(process.execPath, [script], { stdio: ['ignore', 2, 2] })
  if (status === 0) return
  rmSync(lock, { recursive: true, force: true })
  process.exit(status ?? 1)
}

function withLock(run) {
  while (!takeLock()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS)
  try {
    run()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

/** A file made exclusively, with its owner's process id; what a dead owner left is taken away. */
function takeLock() {
  mkdirSync(dirname(lock), { recursive: true })
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (!isOwned()) rmSync(lock, { force: true })
    return false
  }
}

function isOwned() {
  try {
    const owner = Number(readFileSync(lock, 'utf8'))
    // Its owner has made the file and is about to write its id.
    if (owner === 0) return Date.now() - statSync(lock).mtimeMs < 1000
    process.kill(owner, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
