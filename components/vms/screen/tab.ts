/** A name for this page's connection; randomUUID would need a secure context, plain http to another machine is none. */
export function newTab(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
