/** One directory as a tarball: the same files give the same bytes, whoever packs them, and when. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { filesBelow } from './files.ts'

/** All files are of one moment: a tarball's bytes must not depend on when it was packed. */
const MTIME = new Date('2000-01-01T00:00:00Z')

/** `programs` are the files below `directory` that can be executed. Everything in it stands below `name/`. */
export async function archive(
  directory: string,
  name: string,
  programs: ReadonlySet<string>,
): Promise<Buffer> {
  const tar = pack()
  const bytes = buffer(tar)
  for (const file of filesBelow(directory)) {
    const mode = programs.has(file) ? 0o755 : 0o644
    const entry = {
      name: `${name}/${file}`,
      mode,
      mtime: MTIME,
      uid: 0,
      gid: 0,
      uname: 'root',
      gname: 'wheel',
    }
    tar.entry(entry, readFileSync(path.join(directory, file)))
  }
  tar.finalize()
  return gzipSync(await bytes, { level: 9 })
}
