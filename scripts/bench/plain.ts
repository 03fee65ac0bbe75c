/** The least that a browser can do with a long list: a page without a library that draws what is on the screen. */
import { once } from 'node:events'
import { createServer } from 'node:http'

const ROW_HEIGHT = 32
const PAGE_SIZE = 200

/** Served beside the list: `COUNT` rows of seven cells, a page of two hundred at a time, as the console's are. */
const PAGE = `<!doctype html><title>plain</title>
<style>
  body { margin: 0; font: 13px sans-serif }
  #scroller { height: 600px; overflow: auto; position: relative }
  #scroller > div { position: absolute; inset: 0 0 auto; height: ${ROW_HEIGHT}px; display: grid;
    grid-template-columns: 3fr repeat(6, 1fr); border-bottom: 1px solid #ddd }
</style>
<div id=scroller role=grid><i style="display:block;height:calc(COUNT * ${ROW_HEIGHT}px)"></i></div>
<script type=module>
  const scroller = document.getElementById('scroller')
  const pages = new Map()
  const drawn = new Map()
  async function fetchPage(at) {
    if (pages.has(at)) return
    pages.set(at, null)
    pages.set(at, await (await fetch('/rows?page=' + at)).json())
    draw()
  }
  function draw() {
    const first = Math.max(0, Math.floor(scroller.scrollTop / ${ROW_HEIGHT}) - 8)
    const last = Math.min(COUNT, first + Math.ceil(scroller.clientHeight / ${ROW_HEIGHT}) + 16)
    for (const [index, row] of drawn) if (index < first || index >= last) { row.remove(); drawn.delete(index) }
    for (let index = first; index < last; index++) {
      const cells = pages.get(Math.floor(index / ${PAGE_SIZE}))?.[index % ${PAGE_SIZE}]
      if (!cells) void fetchPage(Math.floor(index / ${PAGE_SIZE}))
      let row = drawn.get(index)
      if (row && (row.childElementCount > 0 || !cells)) continue
      if (!row) {
        row = document.createElement('div')
        row.dataset.row = index
        row.style.transform = 'translateY(' + index * ${ROW_HEIGHT} + 'px)'
        scroller.append(row)
        drawn.set(index, row)
      }
      for (const text of cells ?? []) row.appendChild(document.createElement('span')).textContent = text
    }
  }
  scroller.addEventListener('scroll', draw)
  draw()
</script>`

export type Plain = { url: string; close: () => void }

export async function servePlain(count: number): Promise<Plain> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (pathname !== '/rows') {
      response.setHeader('content-type', 'text/html')
      return response.end(PAGE.replaceAll('COUNT', String(count)))
    }
    const from = Number(searchParams.get('page')) * PAGE_SIZE
    const rows = Array.from({ length: PAGE_SIZE }, (_, at) => [
      `tank/bench-many/d${from + at}@s0`,
      '1.2 MiB',
      '12 KiB',
      '96 KiB',
      'yesterday',
      '–',
      '0',
    ])
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(rows))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it listens on no port')
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() }
}
