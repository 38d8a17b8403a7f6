import { writeFile } from 'node:fs/promises'
import { commandInRoot } from '../../scripts/real-parts/chroot.ts'

/**
 * Writes an executable that runs the Chromium of a Debian root with what it is given, then with `switches`; `folder` is
 * the same folder inside the root.
 */
export async function writeBrowserCommand(
  file: string,
  options: { root: string; folder: string; switches: readonly string[] },
): Promise<void> {
  const { root, folder, switches } = options
  const { file: program, args } = commandInRoot({
    root,
    binds: [{ hostFolder: folder, insidePath: folder }],
    command: ['chromium'],
  })
  const words = [program, ...args].map(quoted).join(' ')
  await writeFile(file, `#!/bin/sh\nexec ${words} "$@" ${switches.map(quoted).join(' ')}\n`, { mode: 0o755 })
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}
