import { userInfo } from 'node:os'

/** The name of the account this process runs under; `uid-1000` for one without a passwd entry, as in a container. */
export function accountName(read: () => { username: string } = userInfo): string {
  try {
    return read().username
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`
  }
}
