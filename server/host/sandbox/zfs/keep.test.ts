/** Going back without losing the present, and back again: the recipe that worked on real OpenZFS, on the sandbox. */
import { expect, test } from 'vitest'
import { sandboxForTest, type TestHost } from '../testing.ts'

async function zfs(host: TestHost, ...words: string[]): Promise<string> {
  const result = await host.run(['zfs', ...words])
  expect(result, words.join(' ')).toMatchObject({ exit: 0, stderr: '' })
  return result.stdout
}

async function put(host: TestHost, name: string, text: string): Promise<void> {
  const argv = ['dd', `of=/dev/zvol/${name}`, 'bs=128k', 'seek=1', 'status=none']
  expect((await host.run(argv, { stdin: text })).exit).toBe(0)
}

async function content(host: TestHost, name: string): Promise<string> {
  const argv = ['dd', `if=/dev/zvol/${name}`, 'bs=128k', 'skip=1', 'count=1', 'status=none']
  return (await host.run(argv)).stdout.replaceAll('\0', '')
}

async function machine(): Promise<TestHost> {
  const host = await sandboxForTest({ seed: 'empty' })
  await zfs(host, 'create', '-V', '16M', '-o', 'compression=zstd', '-o', 'skep:note=a = b, c d', 'tank/d1')
  await put(host, 'tank/d1', 'oldest')
  await zfs(host, 'snapshot', 'tank/d1@old')
  await zfs(host, 'hold', 'keep', 'tank/d1@old')
  await put(host, 'tank/d1', 'target')
  await zfs(host, 'snapshot', 'tank/d1@T')
  await zfs(host, 'bookmark', 'tank/d1@T', 'tank/d1#bm-T')
  await zfs(host, 'clone', 'tank/d1@T', 'tank/cl-T')
  await put(host, 'tank/d1', 'newer')
  await zfs(host, 'snapshot', 'tank/d1@new')
  await zfs(host, 'bookmark', 'tank/d1@new', 'tank/d1#bm-new')
  await zfs(host, 'clone', 'tank/d1@new', 'tank/cl-new')
  await put(host, 'tank/d1', 'newest')
  return host
}

const COLUMNS = 'name,guid,origin,used,refer,written,refreservation,userrefs,clones'

test('the present stays beside it with all that is its own, and swaps back as it was', async () => {
  await using host = await machine()
  const everything = () => zfs(host, 'list', '-Hp', '-t', 'all', '-o', COLUMNS, '-r', 'tank')
  const before = await everything()
  await zfs(host, 'rename', 'tank/d1', 'tank/d1.before')
  await zfs(
    host,
    'clone',
    '-o',
    'compression=zstd',
    '-o',
    'refreservation=auto',
    'tank/d1.before@T',
    'tank/d1',
  )
  await zfs(host, 'promote', 'tank/d1')

  expect(await content(host, 'tank/d1')).toBe('target')
  expect(await content(host, 'tank/d1.before')).toBe('newest')
  expect(await zfs(host, 'list', '-Hp', '-t', 'all', '-o', 'name,origin', '-r', 'tank')).toBe(
    [
      'tank\t-',
      'tank/cl-T\ttank/d1@T',
      'tank/cl-new\ttank/d1.before@new',
      'tank/d1\t-',
      'tank/d1@old\t-',
      'tank/d1@T\t-',
      'tank/d1#bm-T\t-',
      'tank/d1.before\ttank/d1@T',
      'tank/d1.before@new\t-',
      'tank/d1.before#bm-new\t-',
      '',
    ].join('\n'),
  )
  expect(await zfs(host, 'holds', '-H', 'tank/d1@old')).toMatch(/^tank\/d1@old\tkeep\t/)
  expect(await zfs(host, 'get', '-Hp', '-o', 'value,source', 'skep:note', 'tank/d1.before')).toBe(
    'a = b, c d\tlocal\n',
  )

  await zfs(host, 'rename', 'tank/d1', 'tank/d1.after')
  await zfs(host, 'rename', 'tank/d1.before', 'tank/d1')
  await zfs(host, 'promote', 'tank/d1')
  expect(await content(host, 'tank/d1')).toBe('newest')
  await zfs(host, 'destroy', 'tank/d1.after')
  expect(await everything()).toBe(before)
})

test('without room for a second reservation the clone is there all the same, unreserved', async () => {
  await using host = await machine()
  await zfs(host, 'set', 'quota=34M', 'tank')
  await zfs(host, 'rename', 'tank/d1', 'tank/d1.before')
  expect(
    await host.run(['zfs', 'clone', '-o', 'refreservation=auto', 'tank/d1.before@T', 'tank/d1']),
  ).toEqual({
    exit: 1,
    stdout: '',
    stderr: "cannot create 'tank/d1': out of space\n",
  })
  const left = await zfs(host, 'list', '-Hp', '-o', 'refreservation,origin', 'tank/d1')
  expect(left).toBe('0\ttank/d1.before@T\n')
})

test('a swap back that would bring two snapshots of one name together is refused', async () => {
  await using host = await machine()
  await zfs(host, 'rename', 'tank/d1', 'tank/d1.before')
  await zfs(host, 'clone', 'tank/d1.before@T', 'tank/d1')
  await zfs(host, 'promote', 'tank/d1')
  await zfs(host, 'rename', 'tank/d1@T', 'new')
  await zfs(host, 'rename', 'tank/d1', 'tank/d1.after')
  await zfs(host, 'rename', 'tank/d1.before', 'tank/d1')
  expect(await host.run(['zfs', 'promote', 'tank/d1'])).toEqual({
    exit: 1,
    stdout: '',
    stderr: "cannot promote 'tank/d1': conflicting snapshot 'new' from parent 'tank/d1.after@new'\n",
  })
})
