/** A folder of the host made visible inside the root, at an absolute path there. */
export type Bind = { hostFolder: string; insidePath: string }

/** A command line ready for `spawn(file, args)`. */
export type CommandLine = { file: string; args: string[] }

/*
 * The mounts live in a mount namespace of the command's own, so nothing is ever left behind, whatever ends it, and
 * two commands never see each other's folders. The parameters come as arguments, never as text of the script.
 */
const enterRoot = `
set -e
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
 * The command line that runs `command` inside `root`, with `/proc`, `/dev` and the given folders, as process 1 of a
 * process namespace of its own: killing the spawned process (SIGKILL) kills everything in it, and so does the
 * death of the spawning process, by PR_SET_PDEATHSIG (prctl(2), `setpriv(1)`, `unshare(1) --kill-child`).
 * Needs Linux, root and CAP_SYS_ADMIN. The network is the host's.
 */
export function commandInRoot(options: { root: string; binds?: Bind[]; command: string[] }): CommandLine {
  const binds = (options.binds ?? []).flatMap((bind) => [bind.hostFolder, bind.insidePath])
  const enter = 'setpriv --pdeathsig KILL -- unshare --mount --pid --fork --kill-child -- sh -c'
  const [file = '', ...args] = enter.split(' ')
  return { file, args: [...args, enterRoot, 'enter-root', options.root, ...binds, '--', ...options.command] }
}
