import { theme } from '../theme.testing.ts'

const MIRROR = `
    zpool create cp mirror /var/tmp/ct/1 /var/tmp/ct/2`

export const scrub = theme('scrub', 'Scrub', {
  'to its end': `${MIRROR}
    ? status cp => scan.kind=none scan.state=none
    zpool scrub -w cp
    ? status cp => scan.kind=scrub scan.state=finished scan.errors=0 scan.repairedBytes=0
  `,
  'nothing to stop or to pause': `${MIRROR}
    zpool scrub -s cp => refused cp
    zpool scrub -p cp => done; before 2.3 refused cp ~ newer versions accept the pause of a scrub that does not run
    zpool scrub -w cp
    zpool scrub -s cp => refused cp
  `,
  'of no pool': `
    zpool scrub nosuch => not_found nosuch
    zpool scrub => exit 2
    zpool scrub -s -p nosuch => exit 2
    zpool scrub -x nosuch => unsupported
  `,
  'of several pools at once': `${MIRROR}
    zpool create cq /var/tmp/ct/3
    zpool scrub -w cp cq
    ? status cp => scan.state=finished
    ? status cq => scan.state=finished
  `,
  'held half way, gone on with, and given up': {
    story: `${MIRROR}
    - hold scans
    zpool scrub cp
    ? status cp => scan.kind=scrub scan.state=running scan.percent=0
    zpool status -x cp
    zpool scrub cp => refused cp
    zpool scrub -p cp
    ? status cp => scan.kind=scrub scan.state=paused scan.percent=0
    zpool status cp
    zpool scrub -p cp => refused cp
    zpool scrub cp
    ? status cp => scan.state=running
    zpool scrub -s cp
    ? status cp => scan.state=canceled scan.percent=null
    zpool scrub -s cp => refused cp
    zpool scrub cp
    - let scans go
    zpool wait -t scrub cp
    ? status cp => scan.state=finished
  `,
  },
  'a paused one outlives an export': {
    story: `${MIRROR}
    - hold scans
    zpool scrub cp
    zpool scrub -p cp
    zpool export cp
    zpool import -d /var/tmp/ct cp
    ? status cp => scan.kind=scrub scan.state=paused
    zpool scrub -s cp
    ? status cp => scan.state=canceled
  `,
  },
  'not while the pool resilvers': {
    story: `${MIRROR}
    - hold scans
    zpool replace cp /var/tmp/ct/1 /var/tmp/ct/3
    ? status cp => scan.kind=resilver scan.state=running vdevs.0.children.kind=replacing,file vdevs.0.children.0.children.name=/var/tmp/ct/1,/var/tmp/ct/3
    zpool scrub cp => refused cp
    zpool scrub -p cp => exit 1
    zpool scrub -s cp => exit 1
    - let scans go
    zpool wait -t replace cp
    ? status cp => scan.kind=resilver scan.state=finished vdevs.0.children.name=/var/tmp/ct/3,/var/tmp/ct/2
  `,
  },
  'of a pool that is read-only': {
    except: [
      '2.3',
      'there the command hangs for ever, and the pool cannot be destroyed any more (seen on 2.3.9)',
    ],
    story: `${MIRROR}
    zpool export cp
    zpool import -o readonly=on -d /var/tmp/ct cp
    zpool scrub cp => refused cp
    zpool scrub -s cp => refused cp
  `,
  },
})
