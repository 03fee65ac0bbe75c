import { cx } from './cx.ts'

/** A picture that came as a data URL, whole within its frame. */
export function DataImage({ src, alt, className }: { src: string; alt: string; className?: string }) {
  return (
    // biome-ignore lint/performance/noImgElement: next/image fetches and resizes; this picture is here already.
    <img src={src} alt={alt} className={cx('h-full w-full object-contain', className)} />
  )
}
