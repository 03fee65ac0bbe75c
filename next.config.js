/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // The type check is `npm run check`, once, for the whole tree; Next would do it a second time.
  typescript: { ignoreBuildErrors: true },
  images: { unoptimized: true },
  // Traces which of Next's own files serving the pages takes: that is what the package contains of it.
  output: 'standalone',
  // Set by scripts/build.mjs; in development Next makes one up.
  generateBuildId: () => process.env.SKEP_BUILD_ID ?? null,
  devIndicators: false,
  // Development only: the console answers on 127.0.0.1, Next takes itself for localhost.
  allowedDevOrigins: ['127.0.0.1'],
}
