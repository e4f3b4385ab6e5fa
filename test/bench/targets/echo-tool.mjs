/**
 * The tool that every target offers, and how a target says that it listens. The targets are plain
 * JavaScript: a transpiler's helper calls would be measured with them.
 */
export const ECHO_DESCRIPTION = 'Returns the text it was given, unchanged.'
export const MAX_TEXT_LENGTH = 10_000

/** Listens on a free port, tells it to the parent, and ends with it. */
export async function listen(server) {
  await server.listen({ host: '127.0.0.1', port: 0 })
  process.once('disconnect', () => process.exit())
  process.send({ port: server.server.address().port })
}
