/** A folder of the host made visible inside the root, at an absolute path there. */
export type Bind = { hostFolder: string; insidePath: string }

/** A command line ready for `spawn(file, args)`. */
export type CommandLine = { file: string; args: string[] }

// Paths and command come as arguments, never as text of the script. Two commands never see each other's folders. The
// root's /etc/hosts knows localhost alone, and Asterisk looks its host's name up with each call: a name server that
// drops one question would hold such a call, and all behind it, for 5 s.
const enterRoot = `
set -e
echo localhost > /proc/sys/kernel/hostname
root=$1; shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
  mkdir -p "$root$2"
  mount --bind "$1" "$root$2"
  shift 2
done
shift
exec chroot "$root" "$@"
`

/**
 * The command line that runs `command` in namespaces of its own for mounts, processes and host name: what it mounts is
 * gone with it, and killing the spawned process (SIGKILL), or the death of the spawning one, kills it with all its
 * children (prctl(2) PR_SET_PDEATHSIG, `setpriv(1)`, `unshare(1) --kill-child`). Needs Linux, root and
 * CAP_SYS_ADMIN.
 */
export function isolatedCommand(command: string[]): CommandLine {
  const isolate = '--pdeathsig KILL -- unshare --mount --pid --fork --kill-child --mount-proc --uts --'
  return { file: 'setpriv', args: [...isolate.split(' '), ...command] }
}

/** The same, inside `root`, with its `/proc` and `/dev` and the given folders. The network is the host's. */
export function commandInRoot(options: { root: string; binds?: Bind[]; command: string[] }): CommandLine {
  const binds = (options.binds ?? []).flatMap((bind) => [bind.hostFolder, bind.insidePath])
  const enter = ['sh', '-c', enterRoot, 'enter-root']
  return isolatedCommand([...enter, options.root, ...binds, '--', ...options.command])
}
