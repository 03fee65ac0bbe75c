/** Files of this machine where Skep runs as an account that is not root. */
import { AppError } from '../../errors.ts'
import type { Files } from './files-command.ts'

/**
 * Looks as the account itself, and with borrowed rights only where that is denied: what everybody may read takes no rule of
 * doas or sudo. Changes are root's, as whoever wrote the files was: a file must not come to belong to the account.
 */
export function filesWithRights(own: Files, borrowed: Files): Files {
  async function look<T>(files: (from: Files) => Promise<T>): Promise<T> {
    try {
      return await files(own)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'denied') throw error
      return files(borrowed)
    }
  }
  return {
    ...borrowed,
    read: file => look(files => files.read(file)),
    list: directory => look(files => files.list(directory)),
    stat: file => look(files => files.stat(file)),
    readBytes: (file, offset, length) => look(files => files.readBytes(file, offset, length)),
  }
}
