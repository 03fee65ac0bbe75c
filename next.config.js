/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // The type check is `npm run check`, once, for the whole tree; Next would do it a second time.
  typescript: { ignoreBuildErrors: true },
  images: { unoptimized: true },
  devIndicators: false,
  // Development only: the console answers on 127.0.0.1, Next takes itself for localhost.
  allowedDevOrigins: ['127.0.0.1'],
}
