/**
 * The same command in a process in which no file grows beyond this: the system refuses the write in
 * the middle of it, as a full disk does.
 *
 * @param kib in KiB; a file that is larger already stays, and takes nothing more
 */
export function withFileLimit(kib: number, command: readonly string[]): string[] {
  // Of a shell: blocks of 512 bytes. Without the trap the system would end the process instead.
  return ['sh', '-c', `trap '' XFSZ; ulimit -f ${kib * 2}; exec "$@"`, 'sh', ...command]
}
