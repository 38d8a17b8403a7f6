import { open } from 'node:fs/promises'
import { RefusedError } from './command.ts'

/**
 * Writes a file that only the account may read, for what holds personal data.
 * @throws RefusedError when it is there and may not be replaced, or can't be written
 */
export async function writePrivateFile(path: string, text: string, mayReplace: boolean): Promise<void> {
  try {
    const file = await open(path, mayReplace ? 'w' : 'wx', 0o600)
    try {
      await file.writeFile(text)
    } finally {
      await file.close()
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) {
      throw error
    }
    throw new RefusedError(
      error.code === 'EEXIST'
        ? `${path} já existe; use --yes para escrever por cima.`
        : `Não foi possível escrever ${path}: ${error.message}`,
    )
  }
}
