/** A straw hive. */
export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg
      aria-hidden
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      className="shrink-0 text-accent"
    >
      <path d="M10 2.5c3.6 0 5 2.2 5.4 4M10 2.5c-3.6 0-5 2.2-5.4 4M4.2 6.8h11.6M3.4 10.2h13.2M2.9 13.6h14.2M2.6 17h14.8" />
      <path d="M8.6 17v-1.6a1.4 1.4 0 0 1 2.8 0V17" fill="currentColor" stroke="none" />
    </svg>
  )
}
