/** A block device: half filled. One shape wherever a zvol is shown, so that none is taken for a pool or a disk. */
export function ZvolIcon({ size, label }: { size: number; label?: string }) {
  return (
    <svg
      role="img"
      aria-label={label}
      aria-hidden={label === undefined}
      viewBox="0 0 14 14"
      width={size}
      height={size}
      className="shrink-0"
    >
      <rect
        x="1.5"
        y="1.5"
        width="11"
        height="11"
        rx="1.5"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.3"
      />
      <path d="M2 2h5v10H2z" fill="currentColor" />
    </svg>
  )
}
