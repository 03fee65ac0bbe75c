/** Where to go after signing in: a path of this console, whatever the address says. */
export function safeReturn(to: string | null): string {
  if (!to?.startsWith('/')) return '/'
  // `//other.example` and `/\other.example` are addresses of other hosts to a browser.
  const url = URL.canParse(to, 'http://console.invalid') ? new URL(to, 'http://console.invalid') : null
  if (url?.host !== 'console.invalid') return '/'
  if (url.pathname === '/login' || url.pathname === '/setup' || url.pathname.startsWith('/api/')) return '/'
  return url.pathname + url.search + url.hash
}
