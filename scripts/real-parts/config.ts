import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The folder that keeps the real parts between runs: `REAL_PARTS_DIR`, or `ura-chamados/real-parts` under the
 * user's cache folder (`XDG_CACHE_HOME`, default `~/.cache`: XDG Base Directory Specification 0.8).
 */
export function realPartsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['REAL_PARTS_DIR']
  if (chosen !== undefined && chosen !== '') return chosen
  const cacheHome = environment['XDG_CACHE_HOME']
  const base = cacheHome !== undefined && cacheHome !== '' ? cacheHome : join(homedir(), '.cache')
  return join(base, 'ura-chamados', 'real-parts')
}

/**
 * The environment of the commands that make and fill the Debian root: nothing of the developer's own reaches
 * them but the way to the network. `debconf` asks no question.
 */
export function commandEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const proxies = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => {
    const value = environment[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    DEBIAN_FRONTEND: 'noninteractive',
    ...Object.fromEntries(proxies),
  }
}

/** True where a missing real part is a failure, not a reason to skip (`CI=true`, as every CI service sets it). */
export function realPartsRequired(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment['CI'] === 'true'
}
