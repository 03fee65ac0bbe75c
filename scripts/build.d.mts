/** What others than entry points use of the build. */

/** Where the build notes what it was made of. */
export const STAMP: string

/** `NAME.br` and `NAME.gz` beside every text file that they make smaller. */
export function compress(directory: string): void
