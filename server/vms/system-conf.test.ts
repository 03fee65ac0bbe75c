import { describe, expect, test } from 'vitest'
import { parseConf } from './conf.ts'
import {
  datastores,
  isoDirectories,
  parseShellAssignments,
  rcConf,
  resolveVmDir,
  switches,
  switchNamed,
} from './system-conf.ts'
import { goldenCase } from './testing.ts'

describe('rc.conf', () => {
  test('the last assignment wins, quotes go, comments stay outside', () => {
    const values = parseShellAssignments([
      'vm_enable="YES"   # guests\nvm_dir=\'/old\'\n  vm_list="a b"\n',
      'vm_dir="zfs:tank/vms"; other=1\nvm_delay=7\n',
    ])
    expect(rcConf(values)).toEqual({
      enabled: true,
      vmDir: 'zfs:tank/vms',
      vmList: ['a', 'b'],
      vmDelaySeconds: 7,
      skipHostChecks: false,
    })
  })

  test('what only a shell can tell is not guessed', () => {
    const values = parseShellAssignments(['vm_list="$vm_list c"\nvm_dir=`hostname`\nvm_delay=\'$x\'\n'])
    expect([values.get('vm_list'), values.get('vm_dir'), values.get('vm_delay')]).toEqual([null, null, '$x'])
  })

  test('nothing set is nothing enabled', () => {
    expect(rcConf(new Map())).toMatchObject({ enabled: false, vmDir: '', vmList: [], vmDelaySeconds: 2 })
  })
})

/** Rows of a table of vm-bhyve: words between two blanks or more. */
function table(text: string | null): string[][] {
  const lines = (text ?? '').split('\n').slice(1)
  return lines.filter(line => line !== '').map(line => line.trim().split(/ {2,}|(?<=\S) (?=\/)/))
}

test.each(['show-datastore-list', 'show-datastore-list-zfs'])('%s: the datastores that vm lists', name => {
  const golden = goldenCase(name)
  const mounts = new Map(golden.json.zfs_mounts ?? [])
  const found = datastores(golden.json.rc_conf.vm_dir ?? '', parseConf(golden.system), mounts)
  const listed = table(golden.file('stdout')).filter(row => row[1] === 'zfs' || row[1] === 'directory')
  expect(found.map(store => [store.name, store.path, store.dataset || '-'])).toEqual(
    listed.map(row => [row[0], row[2], row[3]]),
  )
  const isos = table(golden.file('stdout')).filter(row => row[1] === 'iso')
  expect(isoDirectories('/vm', parseConf(golden.system)).slice(1)).toEqual(
    isos.map(row => ({ datastore: row[0], path: row[2] })),
  )
})

test('show-switch-list: the switches that vm lists', () => {
  const golden = goldenCase('show-switch-list')
  const system = parseConf(golden.system)
  const listed = table(golden.file('stdout')).filter(row => row.length > 4)
  expect(switches(system).map(one => [one.name, one.type])).toEqual(listed.map(row => [row[0], row[1]]))
  expect(switchNamed(system, 'unheard-of').type).toBe('standard')
})

test('a directory written with a slash at its end is the one that is mounted there', () => {
  expect(datastores('/vm/', parseConf('datastore_list="two"\npath_two="/two//"\n'), new Map())).toEqual([
    { name: 'default', path: '/vm', dataset: '' },
    { name: 'two', path: '/two', dataset: '' },
  ])
  expect(resolveVmDir('/', new Map())?.path).toBe('/')
})
