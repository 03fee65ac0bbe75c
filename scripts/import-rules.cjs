/**
 * Who may import whom: downwards only. See CONTRIBUTING.md, "The rooms".
 * @type {import('dependency-cruiser').IConfiguration}
 */
const tests = '\\.test\\.tsx?$|/testing\\.ts$'

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle means two files that are really one, or one that knows too much.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'app-imports-components',
      comment: 'app/ holds URLs only.',
      severity: 'error',
      from: { path: '^app/' },
      to: { path: '^(server|e2e|scripts)/' },
    },
    {
      name: 'browser-imports-models',
      comment: 'Of the server a browser may import models and name rules; anything else only as a type.',
      severity: 'error',
      from: { path: '^components/', pathNot: tests },
      to: {
        path: '^server/',
        pathNot: '^server/[a-z]+/(model|names)\\.ts$|^server/vms/conf\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'ui-knows-no-noun',
      comment: 'components/ui is a kit: no noun, no tRPC.',
      severity: 'error',
      from: { path: '^components/ui/', pathNot: tests },
      to: { path: '^components/(?!ui/)|^server/(?!tasks/model\\.ts)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'models-are-browser-safe',
      comment:
        'A model runs in a browser: other models only. Schemas stand in input.ts, so that no page carries zod.',
      severity: 'error',
      from: { path: '^server/[a-z]+/(model|names)\\.ts$' },
      to: { pathNot: '^server/[a-z]+/(model|names)\\.ts$|^server/errors\\.ts$' },
    },
    {
      name: 'host-tools-know-no-noun',
      severity: 'error',
      from: { path: '^server/host/', pathNot: tests },
      to: { path: '^server/(?!host/|errors\\.ts)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-adapters-start-programs',
      comment: 'Every program runs through the port; only adapters start processes.',
      severity: 'error',
      from: { path: '^(server|components|app)/', pathNot: `^server/host/(local\\.ts|sandbox/)|${tests}` },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'sandbox-stays-behind-the-door',
      comment: 'Nothing but createHost and tests may know that the sandbox exists.',
      severity: 'error',
      from: { path: '^server/(?!host/)', pathNot: tests },
      to: { path: '^server/host/sandbox/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'inventory-imports-host-tools',
      severity: 'error',
      from: { path: '^server/inventory/', pathNot: tests },
      to: { path: '^server/[a-z]+/(actions|router|plan)', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^\\.next' },
    parser: 'swc',
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'] },
  },
}
