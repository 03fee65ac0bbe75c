/** The native properties of datasets: what they apply to, who may set them, what they may be (zfsprops(7)). */
type PropertyKind = 'fixed' | 'own' | 'inherited' | 'once'

export type Property = {
  name: string
  /** f filesystem, v volume, s snapshot, b bookmark. */
  on: string
  /** `once`: only at creation. `own`: can be set, is not inherited. */
  kind: PropertyKind
  /** How it prints: `size` in bytes, `count` as it stands; both are right-aligned in lists. */
  number: 'size' | 'count' | null
  default: string | null
  column: string
  values: string
}

type Row = [string, string, PropertyKind, Property['number'], string | null, string | null, string]

/** In the order of `zfs get all`. */
const ROWS: Row[] = [
  ['type', 'fvsb', 'fixed', null, null, null, 'filesystem | volume | snapshot | bookmark'],
  ['creation', 'fvsb', 'fixed', null, null, null, '<date>'],
  ['used', 'fvs', 'fixed', 'size', null, null, '<size>'],
  ['available', 'fv', 'fixed', 'size', null, 'AVAIL', '<size>'],
  ['referenced', 'fvsb', 'fixed', 'size', null, 'REFER', '<size>'],
  ['compressratio', 'fvs', 'fixed', 'count', null, 'RATIO', '<1.00x or higher if compressed>'],
  ['mounted', 'f', 'fixed', null, null, null, 'yes | no'],
  ['origin', 'fv', 'fixed', null, null, null, '<snapshot>'],
  ['quota', 'f', 'own', 'size', '0', null, '<size> | none'],
  ['reservation', 'fv', 'own', 'size', '0', 'RESERV', '<size> | none'],
  ['volsize', 'vs', 'own', 'size', null, null, '<size>'],
  ['volblocksize', 'v', 'once', 'size', '16384', 'VOLBLOCK', '512 to 16M, power of 2'],
  ['recordsize', 'f', 'inherited', 'size', '131072', 'RECSIZE', '512 to 16M, power of 2'],
  ['mountpoint', 'f', 'inherited', null, null, null, '<path> | legacy | none'],
  ['sharenfs', 'f', 'inherited', null, 'off', null, 'on | off | NFS share options'],
  [
    'checksum',
    'fv',
    'inherited',
    null,
    'on',
    null,
    'on | off | fletcher2 | fletcher4 | sha256 | sha512 | skein | edonr | blake3',
  ],
  [
    'compression',
    'fv',
    'inherited',
    null,
    'on',
    'COMPRESS',
    'on | off | lzjb | gzip | gzip-[1-9] | zle | lz4 | zstd | zstd-[1-19] | zstd-fast | zstd-fast-[1-10,20,30,40,50,60,70,80,90,100,500,1000]',
  ],
  ['atime', 'f', 'inherited', null, 'on', null, 'on | off'],
  ['devices', 'fs', 'inherited', null, 'on', null, 'on | off'],
  ['exec', 'fs', 'inherited', null, 'on', null, 'on | off'],
  ['setuid', 'fs', 'inherited', null, 'on', null, 'on | off'],
  ['readonly', 'fv', 'inherited', null, 'off', 'RDONLY', 'on | off'],
  ['zoned', 'f', 'inherited', null, 'off', null, 'on | off'],
  ['snapdir', 'f', 'inherited', null, 'hidden', null, 'hidden | visible'],
  ['aclmode', 'f', 'inherited', null, 'discard', null, 'discard | groupmask | passthrough | restricted'],
  [
    'aclinherit',
    'f',
    'inherited',
    null,
    'restricted',
    null,
    'discard | noallow | restricted | passthrough | passthrough-x',
  ],
  ['createtxg', 'fvsb', 'fixed', 'count', null, null, '<uint64>'],
  ['canmount', 'f', 'own', null, 'on', null, 'on | off | noauto'],
  ['xattr', 'fs', 'inherited', null, 'on', null, 'on | off | dir | sa'],
  ['copies', 'fv', 'inherited', 'count', '1', null, '1 | 2 | 3'],
  ['version', 'fs', 'own', 'count', null, null, '1 | 2 | 3 | 4 | 5 | current'],
  ['utf8only', 'fs', 'once', null, null, null, 'on | off'],
  ['normalization', 'fs', 'once', null, null, null, 'none | formC | formD | formKC | formKD'],
  ['casesensitivity', 'fs', 'once', null, null, 'CASE', 'sensitive | insensitive | mixed'],
  ['vscan', 'f', 'inherited', null, 'off', null, 'on | off'],
  ['nbmand', 'fs', 'inherited', null, 'off', null, 'on | off'],
  ['sharesmb', 'f', 'inherited', null, 'off', null, 'on | off | SMB share options'],
  ['refquota', 'f', 'own', 'size', '0', null, '<size> | none'],
  ['refreservation', 'fv', 'own', 'size', '0', 'REFRESERV', '<size> | none'],
  ['guid', 'fvsb', 'fixed', 'count', null, null, '<uint64>'],
  ['primarycache', 'fvs', 'inherited', null, 'all', null, 'all | none | metadata'],
  ['secondarycache', 'fvs', 'inherited', null, 'all', null, 'all | none | metadata'],
  ['usedbysnapshots', 'fv', 'fixed', 'size', null, 'USEDSNAP', '<size>'],
  ['usedbydataset', 'fv', 'fixed', 'size', null, 'USEDDS', '<size>'],
  ['usedbychildren', 'fv', 'fixed', 'size', null, 'USEDCHILD', '<size>'],
  ['usedbyrefreservation', 'fv', 'fixed', 'size', null, 'USEDREFRESERV', '<size>'],
  ['logbias', 'fv', 'inherited', null, 'latency', null, 'latency | throughput'],
  ['defer_destroy', 's', 'fixed', null, null, null, 'yes | no'],
  ['userrefs', 's', 'fixed', 'count', null, null, '<count>'],
  ['objsetid', 'fvs', 'fixed', 'count', null, null, '<uint64>'],
  [
    'dedup',
    'fv',
    'inherited',
    null,
    'off',
    null,
    'on | off | verify | sha256[,verify] | sha512[,verify] | skein[,verify] | edonr,verify | blake3[,verify]',
  ],
  ['mlslabel', 'fvs', 'inherited', null, 'none', null, '<sensitivity label>'],
  ['sync', 'fv', 'inherited', null, 'standard', null, 'standard | always | disabled'],
  ['dnodesize', 'f', 'inherited', null, 'legacy', 'DNSIZE', 'legacy | auto | 1k | 2k | 4k | 8k | 16k'],
  ['refcompressratio', 'fvs', 'fixed', 'count', null, 'REFRATIO', '<1.00x or higher if compressed>'],
  ['written', 'fvs', 'fixed', 'size', null, null, '<size>'],
  ['clones', 's', 'fixed', null, null, null, '<dataset>[,...]'],
  ['logicalused', 'fv', 'fixed', 'size', null, 'LUSED', '<size>'],
  ['logicalreferenced', 'fvsb', 'fixed', 'size', null, 'LREFER', '<size>'],
  ['volmode', 'fv', 'inherited', null, 'default', null, 'default | full | geom | dev | none'],
  ['filesystem_limit', 'f', 'own', 'count', 'none', 'FSLIMIT', '<count> | none'],
  ['snapshot_limit', 'fv', 'own', 'count', 'none', 'SSLIMIT', '<count> | none'],
  ['filesystem_count', 'f', 'fixed', 'count', 'none', 'FSCOUNT', '<count>'],
  ['snapshot_count', 'fv', 'fixed', 'count', 'none', 'SSCOUNT', '<count>'],
  ['snapdev', 'fv', 'inherited', null, 'hidden', null, 'hidden | visible'],
  ['acltype', 'fs', 'inherited', null, 'off', null, 'off | nfsv4 | posix'],
  ['context', 'fvs', 'own', null, 'none', null, '<selinux context>'],
  ['fscontext', 'fvs', 'own', null, 'none', null, '<selinux fscontext>'],
  ['defcontext', 'fvs', 'own', null, 'none', null, '<selinux defcontext>'],
  ['rootcontext', 'fvs', 'own', null, 'none', null, '<selinux rootcontext>'],
  ['relatime', 'f', 'inherited', null, 'on', null, 'on | off'],
  ['redundant_metadata', 'fv', 'inherited', null, 'all', 'REDUNDANT_MD', 'all | most | some | none'],
  ['overlay', 'f', 'inherited', null, 'on', null, 'on | off'],
  [
    'encryption',
    'fvs',
    'once',
    null,
    'off',
    null,
    'on | off | aes-128-ccm | aes-192-ccm | aes-256-ccm | aes-128-gcm | aes-192-gcm | aes-256-gcm',
  ],
  ['keylocation', 'fv', 'own', null, 'none', null, 'prompt | <file URI> | <https URL> | <http URL>'],
  ['keyformat', 'fv', 'once', null, 'none', null, 'none | raw | hex | passphrase'],
  ['keystatus', 'fvs', 'fixed', null, null, null, 'none | unavailable | available'],
  ['pbkdf2iters', 'fv', 'once', 'count', '0', null, '<iters>'],
  ['encryptionroot', 'fvs', 'fixed', null, null, 'ENCROOT', '<filesystem | volume>'],
  ['special_small_blocks', 'f', 'inherited', null, '0', null, 'zero or 512 to 16M, power of 2'],
  ['prefetch', 'fvs', 'inherited', null, 'all', null, 'all | none | metadata'],
  ['receive_resume_token', 'fv', 'fixed', null, null, 'RESUMETOK', '<string token>'],
  ['redact_snaps', 'fvs', 'fixed', null, null, 'RSNAPS', '<snapshot>[,...]'],
]

export const PROPERTIES: readonly Property[] = ROWS.map(
  ([name, on, kind, number, byDefault, column, values]) => ({
    name,
    on,
    kind,
    number,
    default: byDefault,
    column: column ?? name.toUpperCase(),
    values,
  }),
)

const BY_NAME = new Map(
  PROPERTIES.flatMap(each => [[each.column.toLowerCase(), each] as const, [each.name, each] as const]),
)

/** By its name or by its column's (`avail`, `refer`). */
export function propertyNamed(name: string): Property | null {
  return BY_NAME.get(name) ?? null
}

/** `module:name`, lower case, at most 255 bytes. */
export function isUserProperty(name: string): boolean {
  return /^[a-z0-9:._+-]*:[a-z0-9:._+-]*$/.test(name)
}

/** `written@SNAP`, `userused@…`: figures that name something. */
export function isQualifiedProperty(name: string): boolean {
  return /^(written[@#].|((user|group|project)(obj)?(used|quota))@.)/.test(name)
}

/** The words of `zfs help`'s property table. */
export function propertyTable(): string {
  const rows = [...PROPERTIES].sort((a, b) => {
    const group = Number(a.kind !== 'fixed') - Number(b.kind !== 'fixed')
    return group !== 0 ? group : a.name < b.name ? -1 : 1
  })
  const lines = rows.map(each => {
    const edit = each.kind === 'fixed' || each.kind === 'once' ? 'NO' : 'YES'
    const inherit = each.kind === 'inherited' || INHERITED_AT_CREATION.includes(each.name) ? 'YES' : 'NO'
    return `\t${each.name.padEnd(15)} ${edit.padStart(3)}      ${inherit.padStart(3)}   ${each.values}`
  })
  return `\tPROPERTY       EDIT  INHERIT   VALUES\n\n${lines.join('\n')}\n`
}

const INHERITED_AT_CREATION = ['casesensitivity', 'encryption', 'normalization', 'utf8only', 'volblocksize']
