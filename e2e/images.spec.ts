/** Images: a medium comes onto the host by upload and by fetch(1), is offered to new guests, and goes again. */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { confirm, dialog, expect, row, rowAction, test } from './fixtures.ts'

const MIB = 1024 * 1024
const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

test('an upload that is cut twice arrives whole, and the page left in the middle of it does no harm', async ({
  page,
  skep,
}) => {
  const bytes = randomBytes(40 * MIB + 123)
  const file = path.join(tmpdir(), `skep-upload-${process.pid}.iso`)
  writeFileSync(file, bytes)
  try {
    await page.goto('/sandbox/images')
    await test.step('the first pieces arrive, then nothing does, and the page is left', async () => {
      let pieces = 0
      await page.route('**/api/uploads/**', (route, request) => {
        if (request.method() === 'PATCH') pieces++
        return request.method() === 'PATCH' && pieces > 1 ? route.abort() : route.continue()
      })
      await page.getByRole('button', { name: 'Upload', exact: true }).click()
      const upload = dialog(page, 'Upload an image')
      await upload.getByLabel('File').setInputFiles(file)
      await upload.getByLabel('Name on the host').fill('a b.iso')
      await expect(upload.getByText('letters, digits and').first()).toBeVisible()
      await upload.getByLabel('Name on the host').fill('own.iso')
      await upload.getByRole('button', { name: 'Upload', disabled: false }).click()
      await expect(upload.getByText('16.0 MiB of 40.0 MiB have arrived').first()).toBeVisible({
        timeout: 30_000,
      })
      await page.unrouteAll()
      page.once('dialog', asked => asked.accept())
      await page.reload()
      await expect(row(page, 'Images', 'own.iso')).toContainText('Incomplete')
      expect(await skep.host('ls', '/vm/.iso')).not.toContain('own.iso')
    })

    await test.step('the same file goes on where it stopped, over one more cut', async () => {
      let cut = false
      await page.route('**/api/uploads/**', (route, request) => {
        if (request.method() !== 'PATCH' || cut) return route.continue()
        cut = true
        return route.abort()
      })
      await page.getByRole('button', { name: 'Upload', exact: true }).click()
      const upload = dialog(page, 'Upload an image')
      await upload.getByLabel('File').setInputFiles(file)
      await upload.getByLabel('Name on the host').fill('own.iso')
      await upload.getByLabel('SHA-256').fill(digestOf(bytes))
      await expect(
        upload.getByText(/[1-9][\d,]+ bytes are there from an earlier attempt/).first(),
      ).toBeVisible()
      await confirm(upload, 'Upload')
      await expect(row(page, 'Images', 'own.iso')).toContainText('40.0 MiB')
      expect((await skep.host('sha256', '-q', '/vm/.iso/own.iso')).trim()).toBe(digestOf(bytes))
    })
  } finally {
    rmSync(file)
  }

  await test.step('a new guest may be installed from it', async () => {
    await page.goto('/sandbox/vms')
    await page.getByRole('button', { name: 'New virtual machine' }).click()
    await expect(page.getByRole('option', { name: /^own\.iso/ })).toBeAttached()
  })

  await test.step('it is removed, and nothing beside it', async () => {
    const before = await skep.host('ls', '/vm/.iso')
    await page.goto('/sandbox/images')
    await rowAction(page, 'Images', 'own.iso', 'Destroy')
    const destroy = dialog(page, 'Destroy own.iso')
    await expect(destroy.getByText('/vm/.iso/own.iso').first()).toBeVisible()
    await confirm(destroy, 'Destroy image')
    await expect(row(page, 'Images', 'own.iso')).toBeHidden()
    expect(await skep.host('ls', '/vm/.iso')).toBe(before.replace('own.iso\n', ''))
  })
})

test('the host fetches a medium, and refuses one that is not what it should be', async ({ page, skep }) => {
  const bytes = randomBytes(MIB)
  const server = createServer((request, response) => {
    if (request.url !== '/web.iso') return response.writeHead(404).end()
    response.writeHead(200, { 'Content-Length': bytes.length })
    response.end(request.method === 'HEAD' ? undefined : bytes)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  try {
    await page.goto('/sandbox/images')
    await page.getByRole('button', { name: 'Fetch from the web' }).click()
    const fetch = dialog(page, 'Fetch an image')
    await fetch.getByLabel('Address').fill(`${origin}/none.iso`)
    await expect(fetch.getByText('The host cannot fetch this address: Not Found.').first()).toBeVisible()
    await fetch.getByLabel('Address').fill(`${origin}/web.iso`)
    await expect(fetch.getByLabel('Name on the host')).toHaveValue('web.iso')
    await expect(fetch.getByText('compared with nothing')).toBeVisible()
    await fetch.getByLabel('SHA-256').fill('0'.repeat(64))
    await fetch.getByRole('button', { name: 'Fetch', disabled: false }).click()
    await expect(fetch.getByText(`Its SHA-256 is ${digestOf(bytes)}`)).toBeVisible()
    expect(await skep.host('ls', '-A', '/vm/.iso')).not.toContain('web.iso')
    await fetch.getByLabel('SHA-256').fill(digestOf(bytes))
    await confirm(fetch, 'Fetch')
    await expect(row(page, 'Images', 'web.iso')).toContainText('1.00 MiB')
    expect((await skep.host('sha256', '-q', '/vm/.iso/web.iso')).trim()).toBe(digestOf(bytes))
    await skep.host('rm', '/vm/.iso/web.iso')
    await expect(row(page, 'Images', 'web.iso')).toBeHidden({ timeout: 30_000 })
  } finally {
    server.close()
  }
})

test('a guest of a cloud image: the image on its zvol, and the seed of cloud-init in its drive', async ({
  page,
  skep,
}) => {
  await skep.host('mkdir', '-p', '/vm/.img')
  await skep.host('dd', 'if=/vm/.iso/skep-practice.iso', 'of=/vm/.img/cloud.raw', 'bs=512', 'count=64')
  const image = await skep.host('sha256', '-q', '/vm/.img/cloud.raw')
  await page.goto('/sandbox/vms')
  await page.getByRole('button', { name: 'New virtual machine' }).click()
  const create = dialog(page, 'New virtual machine')
  await create.getByLabel('Name', { exact: true }).fill('cloudy')
  await create.getByLabel('Disk begins with').selectOption({ label: 'cloud.raw (32.0 KiB)' })
  await create.getByLabel('Size', { exact: true }).fill('1G')
  await create.getByLabel('SSH keys').fill('not a key')
  await expect(create.getByText('This is no public key of SSH').first()).toBeVisible()
  await create.getByLabel('SSH keys').fill('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ anna')
  await create.getByLabel('Address of the guest').fill('192.0.2.10/24')
  await confirm(create, 'Create')
  await expect(page.getByRole('heading', { name: 'cloudy', level: 1 })).toBeVisible()
  const [dataset] = (await skep.host('zfs', 'list', '-H', '-o', 'name'))
    .split('\n')
    .filter(name => name.endsWith('cloudy/disk0'))
  await skep.host('dd', `if=/dev/zvol/${dataset}`, 'of=/vm/.img/back', 'bs=512', 'count=64')
  expect(await skep.host('sha256', '-q', '/vm/.img/back')).toBe(image)
  expect(await skep.file('/vm/cloudy/.cloud-init/user-data')).toContain(
    '- "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ anna"',
  )
  expect(await skep.file('/vm/cloudy/cloudy.conf')).toContain('disk1_name="seed.iso"')
  await skep.host('rm', '/vm/.img/cloud.raw', '/vm/.img/back')
})
