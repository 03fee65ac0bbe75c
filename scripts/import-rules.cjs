/** Who may import whom: downwards only. See CONTRIBUTING.md, "The rooms". */

/** Tests and what they share may look into every room; they are named here and not read. */
const tests = '\\.test\\.tsx?$|[-./]testing\\.tsx?$'
const model = '^server/[a-z]+/(model|names)\\.ts$|^server/vms/conf\\.ts$|^server/errors\\.ts$'
const noun = '(pools|datasets|snapshots|vms|images|networks|tasks|accounts|system)'
/** An import that is gone when the types are: it carries no code from room to room. */
const code = { dependencyTypesNot: ['type-only'] }

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle means two files that are really one, or one that knows too much.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: code },
    },
    {
      name: 'nothing-unresolved',
      comment: 'Everything imported is a file of ours, a dependency of package.json or part of Node.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'tests-are-for-tests',
      comment:
        'What runs at an administrator imports nothing of tests and of the rooms that serve the developer.',
      severity: 'error',
      from: { path: '^(app|components|server)/' },
      to: { path: `${tests}|^(e2e|scripts)/` },
    },
    {
      name: 'app-imports-components',
      comment: 'app/ holds URLs only.',
      severity: 'error',
      from: { path: '^app/' },
      to: { path: '^server/' },
    },
    {
      name: 'screens-hang-below-urls',
      comment: 'Downwards only: a screen does not know its URL file.',
      severity: 'error',
      from: { path: '^(components|server)/' },
      to: { path: '^app/' },
    },
    {
      name: 'server-draws-nothing',
      comment: 'The machine side knows no screen.',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^components/|^node_modules/(react|react-dom)/' },
    },
    {
      name: 'browser-imports-models',
      comment: 'Of the server a browser may import models and name rules; anything else only as a type.',
      severity: 'error',
      from: { path: '^components/' },
      to: { path: '^server/', pathNot: model, ...code },
    },
    {
      name: 'browser-has-no-node',
      severity: 'error',
      from: { path: `^(app|components)/|${model}` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'ui-knows-no-noun',
      comment: 'components/ui is a kit: no noun, no tRPC.',
      severity: 'error',
      from: { path: '^components/ui/' },
      to: { path: '^components/(?!ui/)|^server/(?!tasks/model\\.ts)|^node_modules/@trpc/', ...code },
    },
    {
      name: 'models-are-browser-safe',
      comment:
        'A model runs in a browser: other models only. Schemas stand in input.ts, so that no page carries zod.',
      severity: 'error',
      from: { path: model },
      to: { pathNot: model, ...code },
    },
    {
      name: 'routers-are-doorways',
      comment: 'A router names procedures of its own noun; what they do stands elsewhere.',
      severity: 'error',
      from: { path: '^server/([a-z]+)/router\\.ts$' },
      to: { path: '^server/', pathNot: `^server/($1/|trpc\\.ts|version\\.ts)|${model}`, ...code },
    },
    {
      name: 'only-the-app-names-routers',
      severity: 'error',
      from: { path: '^server/', pathNot: '^server/router\\.ts$' },
      to: { path: '^server/[a-z]+/router\\.ts$', ...code },
    },
    {
      name: 'nouns-know-no-process',
      comment:
        'Nouns of the machine plan and run through models, inventory and host tools, wherever they are served.',
      severity: 'error',
      from: { path: '^server/(pools|datasets|snapshots|vms|images|networks)/', pathNot: '/router\\.ts$' },
      to: {
        path: '^server/',
        pathNot: `^server/${noun}/|^server/(inventory|host)/|^server/(action|errors)\\.ts$`,
        ...code,
      },
    },
    {
      name: 'plans-are-pure',
      comment: 'Facts in, plan out: argv builders of host tools, but neither inventory nor actions.',
      severity: 'error',
      from: { path: '^server/[a-z]+/plan[.a-z]*\\.ts$' },
      to: {
        path: '^server/inventory/|^server/[a-z]+/(actions|router)|^server/host/(local|sandbox|create)',
        ...code,
      },
    },
    {
      name: 'inventory-imports-host-tools',
      comment: 'It knows what the host said, not what anybody does about it.',
      severity: 'error',
      from: { path: '^server/inventory/' },
      to: { path: '^server/', pathNot: `^server/(inventory|host)/|${model}`, ...code },
    },
    {
      name: 'host-tools-know-no-noun',
      severity: 'error',
      from: { path: '^server/host/' },
      to: { path: '^server/(?!host/|errors\\.ts)', ...code },
    },
    {
      name: 'tools-reach-a-machine-through-the-port',
      comment: 'Tools are given a host; only createHost knows which adapters there are.',
      severity: 'error',
      from: {
        path: '^server/host/',
        pathNot: '^server/host/(create\\.ts|local\\.ts|local/|ssh\\.ts|ssh/|sandbox/)',
      },
      to: { path: '^server/host/(create\\.ts|local\\.ts|local/|ssh\\.ts|ssh/|sandbox/)', ...code },
    },
    {
      name: 'sandbox-stays-behind-the-door',
      comment: 'Nothing but createHost and tests may know that the sandbox exists.',
      severity: 'error',
      from: { path: '^server/', pathNot: '^server/host/(create\\.ts$|sandbox/)' },
      to: { path: '^server/host/sandbox/', ...code },
    },
    {
      name: 'only-adapters-start-programs',
      comment: 'Every program runs through the port; only adapters start processes.',
      severity: 'error',
      from: { path: '^(server|components|app)/', pathNot: '^server/host/(local\\.ts|sandbox/)' },
      to: { path: '^(node:)?(child_process|cluster)$' },
    },
    {
      name: 'one-room-for-the-database',
      severity: 'error',
      from: { pathNot: '^server/db/' },
      to: { path: '^(node:)?sqlite$', ...code },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', tests] },
    exclude: { path: '^\\.next' },
    parser: 'swc',
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
