/** Files of the other machine: by sftp, or by plain commands where sftp is off, has not the rights, or does not say why. */
import { AppError } from '../../errors.ts'
import { checkPath } from '../local/files.ts'
import { commandFiles, type Files } from '../local/files-command.ts'
import type { Connection } from './connection.ts'
import type { Execute } from './execute.ts'
import { NoSftp, sftpFiles } from './files-sftp.ts'
import { ownScript, type ScriptOptions } from './script.ts'
import type { Sessions } from './sessions.ts'

export function filesOf(
  door: ScriptOptions & { connection: Connection; sessions: Sessions; execute: Execute },
): Files {
  const { connection, sessions, execute, privilege } = door
  const byCommand = commandFiles({
    shell: (argv, text, words, options) => execute(argv, ownScript(text, words, door), options),
    privilege,
    where: 'there',
  })
  const bySftp = sftpFiles(connection)
  let isOff = false
  sessions.whenScarce(bySftp.giveBack)

  /** sftp speaks as the account itself, so it is of no use where rights are borrowed, and it occupies a session. */
  async function either<T>(path: string, work: (files: Files) => Promise<T>): Promise<T> {
    checkPath(path)
    if (isOff || privilege !== 'none' || sessions.scarce) return work(byCommand)
    try {
      return await work(bySftp)
    } catch (error) {
      if (error instanceof NoSftp) isOff = error.forGood
      else if (!(error instanceof AppError) || error.code !== 'failed') throw error
      // “Failure” is all that sftp says of a full disk and the like: a command does it, or tells the reason.
      return work(byCommand)
    }
  }

  return {
    read: path => either(path, files => files.read(path)),
    write: (path, text, options) => either(path, files => files.write(path, text, options)),
    list: path => either(path, files => files.list(path)),
    stat: path => either(path, files => files.stat(path)),
    remove: path => either(path, files => files.remove(path)),
    mkdir: path => either(path, files => files.mkdir(path)),
    readBytes: (path, offset, length) => either(path, files => files.readBytes(path, offset, length)),
    writeBytes: (path, offset, bytes) => either(path, files => files.writeBytes(path, offset, bytes)),
    rename: (from, to) => either(from, files => files.rename(from, to)),
  }
}
