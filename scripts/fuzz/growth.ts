/** Texts that grow: the worst that can be put into an answer, at any length. */

const PIECES = [
  ...[' ', '\t', '\n', '"', "'", '=', '/', '.', '(', ',', '-', '\\', 'a', 'A', '0'],
  ...['\n ', '\n\t', 'a ', '1 ', ' a  ', '  A', 'a\n', '\tx\n', '"\n', 'vendor=0x1 '],
]

/** For every piece and place: a text of `seed` with about `size` characters more. */
export function growing(seed: string): { name: string; text: (size: number) => string }[] {
  const places = [0, 12, 40, 90, seed.length >> 1, seed.length]
  return PIECES.flatMap(piece =>
    places.map(at => ({
      name: `${JSON.stringify(piece)} at ${at}`,
      text: (size: number) =>
        seed.slice(0, at) + piece.repeat(Math.ceil(size / piece.length)) + seed.slice(at),
    })),
  ).concat([
    { name: 'all of it', text: size => seed.repeat(Math.max(1, Math.ceil(size / (seed.length || 1)))) },
  ])
}
