/** What `zfs` prints when it is called wrongly. */
import { propertyTable } from './properties.ts'

const COMMANDS = `\tversion

\tcreate [-Pnpuv] [-o property=value] ... <filesystem>
\tcreate [-Pnpsv] [-b blocksize] [-o property=value] ... -V <size> <volume>
\tdestroy [-fnpRrv] <filesystem|volume>
\tdestroy [-dnpRrv] <filesystem|volume>@<snap>[%<snap>][,...]
\tdestroy <filesystem|volume>#<bookmark>

\tsnapshot [-r] [-o property=value] ... <filesystem|volume>@<snap> ...
\trollback [-rRf] <snapshot>
\tclone [-p] [-o property=value] ... <snapshot> <filesystem|volume>
\tpromote <clone-filesystem>
\trename [-f] <filesystem|volume|snapshot> <filesystem|volume|snapshot>
\trename -p [-f] <filesystem|volume> <filesystem|volume>
\trename -u [-f] <filesystem> <filesystem>
\trename -r <snapshot> <snapshot>
\tbookmark <snapshot|bookmark> <newbookmark>
\tprogram [-jn] [-t <instruction limit>] [-m <memory limit (b)>]
\t    <pool> <program file> [lua args...]

\tlist [-Hp] [-r|-d max] [-o property[,...]] [-s property]...
\t    [-S property]... [-t type[,...]] [filesystem|volume|snapshot] ...

\tset <property=value> ... <filesystem|volume|snapshot> ...
\tget [-rHp] [-d max] [-o "all" | field[,...]]
\t    [-t type[,...]] [-s source[,...]]
\t    <"all" | property[,...]> [filesystem|volume|snapshot|bookmark] ...
\tinherit [-rS] <property> <filesystem|volume|snapshot> ...
\tupgrade [-v]
\tupgrade [-r] [-V version] <-a | filesystem ...>

\tuserspace [-Hinp] [-o field[,...]] [-s field] ...
\t    [-S field] ... [-t type[,...]] <filesystem|snapshot|path>
\tgroupspace [-Hinp] [-o field[,...]] [-s field] ...
\t    [-S field] ... [-t type[,...]] <filesystem|snapshot|path>
\tprojectspace [-Hp] [-o field[,...]] [-s field] ... 
\t    [-S field] ... <filesystem|snapshot|path>

\tproject [-d|-r] <directory|file ...>
\tproject -c [-0] [-d|-r] [-p id] <directory|file ...>
\tproject -C [-k] [-r] <directory ...>
\tproject [-p id] [-r] [-s] <directory ...>

\tmount
\tmount [-flvO] [-o opts] <-a | filesystem>
\tunmount [-fu] <-a | filesystem|mountpoint>
\tshare [-l] <-a [nfs|smb] | filesystem>
\tunshare <-a [nfs|smb] | filesystem|mountpoint>

\tsend [-DnPpRVvLecwhb] [-[i|I] snapshot] <snapshot>
\tsend [-DnVvPLecw] [-i snapshot|bookmark] <filesystem|volume|snapshot>
\tsend [-DnPpVvLec] [-i bookmark|snapshot] --redact <bookmark> <snapshot>
\tsend [-nVvPe] -t <receive_resume_token>
\tsend [-PnVv] --saved filesystem
\treceive [-vMnsFhu] [-o <property>=<value>] ... [-x <property>] ...
\t    <filesystem|volume|snapshot>
\treceive [-vMnsFhu] [-o <property>=<value>] ... [-x <property>] ... 
\t    [-d | -e] <filesystem>
\treceive -A <filesystem|volume>

\tallow <filesystem|volume>
\tallow [-ldug] <"everyone"|user|group>[,...] <perm|@setname>[,...]
\t    <filesystem|volume>
\tallow [-ld] -e <perm|@setname>[,...] <filesystem|volume>
\tallow -c <perm|@setname>[,...] <filesystem|volume>
\tallow -s @setname <perm|@setname>[,...] <filesystem|volume>

\tunallow [-rldug] <"everyone"|user|group>[,...]
\t    [<perm|@setname>[,...]] <filesystem|volume>
\tunallow [-rld] -e [<perm|@setname>[,...]] <filesystem|volume>
\tunallow [-r] -c [<perm|@setname>[,...]] <filesystem|volume>
\tunallow [-r] -s @setname [<perm|@setname>[,...]] <filesystem|volume>

\thold [-r] <tag> <snapshot> ...
\tholds [-rH] <snapshot> ...
\trelease [-r] <tag> <snapshot> ...
\tdiff [-FHt] <snapshot> [snapshot|filesystem]
\tload-key [-rn] [-L <keylocation>] <-a | filesystem|volume>
\tunload-key [-r] <-a | filesystem|volume>
\tchange-key [-l] [-o keyformat=<value>]
\t    [-o keylocation=<value>] [-o pbkdf2iters=<value>]
\t    <filesystem|volume>
\tchange-key -i [-l] <filesystem|volume>
\tredact <snapshot> <bookmark> <redaction_snapshot> ...
\twait [-t <activity>] <filesystem>`

const MORE = `
For the property list, run: zfs set|get

For the delegated permission list, run: zfs allow|unallow

For further help on a command or topic, run: zfs help [<topic>]
`

const PROPERTY_TAIL = `\tuserused@...     NO       NO   <size>
\tgroupused@...    NO       NO   <size>
\tprojectused@...  NO       NO   <size>
\tuserobjused@...  NO       NO   <size>
\tgroupobjused@...  NO       NO   <size>
\tprojectobjused@...  NO       NO   <size>
\tuserquota@...   YES       NO   <size> | none
\tgroupquota@...  YES       NO   <size> | none
\tprojectquota@... YES       NO   <size> | none
\tuserobjquota@... YES       NO   <size> | none
\tgroupobjquota@... YES       NO   <size> | none
\tprojectobjquota@... YES       NO   <size> | none
\twritten@<snap>   NO       NO   <size>
\twritten#<bookmark>  NO       NO   <size>

Sizes are specified in bytes with standard units such as K, M, G, etc.

User-defined properties can be specified by using a name containing a colon (:).

The {user|group|project}[obj]{used|quota}@ properties must be appended with
a user|group|project specifier of one of these forms:
    POSIX name      (eg: "matt")
    POSIX id        (eg: "126829")
    SMB name@domain (eg: "matt@sun")
    SMB SID         (eg: "S-1-234-567-89")
`

/** Verbs whose usage ends with the table of properties. */
const WITH_PROPERTIES = ['list', 'get', 'set', 'inherit']

/** The whole list of commands: no command, or an unknown one. */
export function usageOfAll(): string {
  return `usage: zfs command args ...
where 'command' is one of the following:

${COMMANDS}

Each dataset is of the form: pool/[dataset/]*dataset[@name]
${MORE}`
}

/** The lines of one verb. */
export function usageOf(verb: string): string {
  const own: string[] = []
  let inside = false
  for (const line of COMMANDS.split('\n')) {
    if (line.startsWith('\t') && !line.startsWith('\t '))
      inside = line === `\t${verb}` || line.startsWith(`\t${verb} `)
    if (line === '') inside = false
    if (inside) own.push(line)
  }
  const tail = WITH_PROPERTIES.includes(verb)
    ? `\nThe following properties are supported:\n\n${propertyTable()}${PROPERTY_TAIL}`
    : MORE
  return `usage:\n${own.join('\n')}\n${tail}`
}
