/** The one use of a password: Skep's own key is put among those that may sign in, and the password is forgotten. */
import { AppError } from '../../errors.ts'
import type { SshAddress } from '../ssh-address.ts'
import { Connection } from './connection.ts'
import { createExecute } from './execute.ts'
import { ownScript } from './script.ts'
import { Sessions } from './sessions.ts'

/** sshd(8), AUTHORIZED_KEYS FILE FORMAT: nobody but the account may write there, or sshd ignores it (StrictModes). */
const APPEND = `
umask 077
mkdir -p "$HOME/.ssh" || exit 1
f=$HOME/.ssh/authorized_keys
if [ -f "$f" ]; then
  grep -qxF -- "$1" "$f" && exit 0
  # A last line without its end would swallow ours.
  [ -s "$f" ] && [ -n "$(tail -c 1 "$f")" ] && { echo >> "$f" || exit 1; }
fi
printf '%s\\n' "$1" >> "$f"
`

/** AppError `unreachable` (also when the password is wrong), `failed` with what the machine said. */
export async function installKey(
  address: SshAddress,
  hostKey: string,
  password: string,
  publicKeyLine: string,
): Promise<void> {
  const connection = new Connection({ address, hostKey, identity: { kind: 'password', password } })
  try {
    const execute = createExecute({ sessions: new Sessions(connection), address, privilege: 'none' })
    const script = ownScript(APPEND, [publicKeyLine], { privilege: 'none' })
    const { exit, stderr } = await execute(['sh'], script, { timeoutMs: 15_000 })
    if (exit !== 0) {
      throw new AppError(
        'failed',
        `Skep’s key could not be added to ~${address.user}/.ssh/authorized_keys.`,
        {
          exit,
          stderr,
        },
      )
    }
  } finally {
    await connection.close()
  }
}
