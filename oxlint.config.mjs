/**
 * Lint, and the walls between the rooms of `src/`.
 *
 * `rooms` is the one table of who may import whom; `test/architecture.test.ts` plants intruders
 * and sees each caught. An override replaces and never merges, so each wall carries everything.
 */

/** Long lists of rooms, in one line. */
const listed = (text) => text.split(' ')

/** Room → the rooms whose front door (`room/room.ts`, or the named files) it may import. */
export const rooms = {
  domain: [],
  author: ['domain'],
  config: ['domain'],
  protocol: ['domain'],
  telemetry: ['domain'],
  aws: ['domain', 'telemetry'],
  'local-s3': ['domain', 'telemetry'],
  'local-aws': ['domain', 'telemetry', 'local-s3'],
  limits: ['domain', 'telemetry'],
  audit: ['domain', 'telemetry', 'aws'],
  accounts: ['domain', 'telemetry', 'aws', 'audit'],
  keys: ['domain', 'telemetry', 'aws', 'audit', 'accounts'],
  auth: ['domain', 'telemetry', 'limits', 'aws', 'audit', 'accounts', 'keys'],
  issuers: ['domain', 'telemetry', 'audit', 'accounts', 'auth'],
  events: ['domain', 'telemetry'],
  peers: ['domain', 'telemetry', 'events'],
  cache: ['domain', 'telemetry', 'peers'],
  sealing: ['domain'],
  sessions: ['domain', 'telemetry', 'events'],
  recording: ['domain', 'telemetry'],
  calls: ['domain', 'telemetry', 'aws', 'recording'],
  catalog: ['domain', 'telemetry', 'aws', 'sealing', 'peers', 'manifest'],
  access: ['domain', 'telemetry', 'audit', 'catalog'],
  bundles: ['domain', 'telemetry', 'aws'],
  // A bundle's code runs there: it has no log of the gateway's.
  'function-host': ['domain', 'author', 'bundles'],
  outbound: ['domain'],
  instances: ['domain', 'telemetry', 'bundles', 'function-host', 'outbound'],
  runtime: ['domain', 'telemetry', 'bundles', 'function-host', 'instances', 'outbound'],
  subscriptions: ['domain', 'telemetry', 'catalog', 'events'],
  'user-events': ['domain', 'telemetry', 'calls', 'catalog', 'events', 'subscriptions'],
  tasks: ['domain', 'telemetry', 'calls', 'events', 'subscriptions'],
  bundling: ['domain', 'author', 'bundles', 'runtime'],
  manifest: ['domain', 'bundles'],
  publishing: ['domain', 'telemetry', 'bundles', 'manifest', 'runtime', 'catalog'],
  dispatch: listed(
    'domain telemetry protocol limits auth access catalog bundles runtime calls sealing sessions subscriptions tasks user-events',
  ),
  management: listed(
    'domain telemetry limits audit accounts keys auth access catalog publishing calls sealing events user-events peers cache',
  ),
  transport: listed(
    'domain telemetry protocol limits audit accounts auth access dispatch sessions events subscriptions publishing user-events management',
  ),
  cli: listed(
    'domain config telemetry protocol aws audit accounts keys auth access sessions calls user-events catalog bundles runtime bundling publishing dispatch transport',
  ),
}

/** Rooms that are all front door: nouns and their keys, with no adapter to hide. */
export const openRooms = new Set(['domain', 'aws'])

/** Rooms whose front door is not the one file named after them. */
export const frontDoors = {
  author: ['author', 'bundle-class'],
  auth: ['auth', 'owner'],
  bundles: ['bundles', 'module-file', 'zip-files'],
  catalog: ['catalog', 'administration'],
  config: ['config', 'help', 'edge-settings', 'issuer-settings', 'key-files', 'local-secrets'],
  events: ['events', 'follow', 'endpoint-signals', 'heard-endpoints'],
  manifest: ['manifest', 'single-function'],
  publishing: ['publishing', 'inspection'],
  transport: ['http-server', 'metrics-server', 'stdio'],
}

export const adapters = '{dynamo,redis,memory,s3}-*'
const fastify = ['fastify', 'fastify-plugin', '@fastify']
const awsSdk = ['@aws-sdk', '@smithy']
const redis = ['redis', '@redis', 'ioredis']
const dynalite = ['dynalite']
const graphql = ['graphql', 'graphql-yoga', 'graphql-scalars', '@graphql-yoga', '@escape.tech']

const allowedPackages = {
  transport: [...fastify, '@graphql-yoga'],
  aws: awsSdk,
  issuers: awsSdk,
  management: graphql,
  'local-aws': [...awsSdk, ...dynalite],
}

/** Packages, and everything inside them, that a file may not import. */
const closedPackages = (allowed = []) =>
  [...fastify, ...awsSdk, ...dynalite, ...redis, ...graphql].flatMap((name) =>
    allowed.includes(name) ? [] : [name, `${name}/**`],
  )

/** Ways around the walls. */
const byways = [
  {
    group: ['process', 'node:process'],
    message: 'process is a global; its environment is read in main.ts alone',
  },
  { group: ['node:module'], importNames: ['createRequire'], message: 'import instead' },
  { group: ['mcp-daemon-engine', 'mcp-daemon-engine/**'], message: 'import the file itself' },
]

/** The front doors of rooms as patterns, seen from `base`. */
const doors = (names, base) =>
  names.flatMap((name) =>
    openRooms.has(name)
      ? [`!${base}/${name}/*.js`]
      : (frontDoors[name] ?? [name]).map((file) => `!${base}/${name}/${file}.js`),
  )

/** Where a text becomes a tenant: of who owns the machine, for `cli` alone; of a row, for adapters. */
const owners = 'auth/owner.js'
const rowTenants = 'aws/row-tenant.js'

/** Closes everything outside the room, opens the allowed doors, closes the adapters again. */
const wall = (room, allowed = allowedPackages[room], adapts = false) => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        {
          group: [
            '../**',
            './../**',
            './*/**',
            ...doors(rooms[room], '..'),
            `../*/${adapters}`,
            ...(room === 'cli' ? [] : [`../${owners}`]),
            ...(adapts ? [] : [`../${rowTenants}`]),
          ],
          message: `${room}/ may import only the front doors of: ${rooms[room].join(', ') || 'nothing'}; never an adapter`,
        },
        {
          group: closedPackages(allowed),
          message: `${room}/ may not import this package: see "rooms" in oxlint.config.mjs`,
        },
        ...byways,
      ],
    },
  ],
})

const inRoom = (room) => ({ files: [`src/${room}/**`], rules: wall(room) })

/** The adapters of a room may use the AWS SDK (`dynamo-*`, `s3-*`) or a Redis client (`redis-*`). */
const adaptersInRoom = (room) => [
  {
    files: [`src/${room}/dynamo-*.ts`, `src/${room}/s3-*.ts`],
    rules: wall(room, [...(allowedPackages[room] ?? []), ...awsSdk], true),
  },
  { files: [`src/${room}/redis-*.ts`], rules: wall(room, redis) },
]

/** `app.ts` and the process take their parts: only `parts.ts` and those beside it look behind the front doors. */
const topLevel = {
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        {
          group: [
            '../**',
            './*/**',
            ...doors(
              Object.keys(rooms).filter((room) => !room.startsWith('local-')),
              '.',
            ),
            `./*/${adapters}`,
            `./${owners}`,
            `./${rowTenants}`,
          ],
          message: 'only parts.ts chooses adapters; here are front doors only',
        },
        { group: closedPackages(), message: 'packages belong to rooms' },
        ...byways,
      ],
    },
  ],
}

/** `parts.ts` chooses adapters, and even so uses no package that belongs to one. */
const partsFile = {
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        { group: ['../**'], message: 'src/ imports nothing from outside' },
        {
          group: ['./auth/tenant.js', `./${owners}`, `./${rowTenants}`],
          message: 'it puts parts together, for no tenant',
        },
        { group: closedPackages(), message: 'packages belong to rooms' },
        ...byways,
      ],
    },
  ],
}

export default {
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  ignorePatterns: [
    'dist',
    'coverage',
    'node_modules',
    'test/*/bundles/*/**',
    'test/bundles/attacks/**',
    'src/cli/demo-bundle/**',
    'src/cli/starters/**',
    // Written by a generator.
    'src/management/schema-types.ts',
  ],
  rules: {
    'max-lines': ['error', { max: 300, skipComments: false }],
    'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    complexity: ['error', { max: 12 }],
    'max-params': ['error', { max: 4 }],
    'no-else-return': 'error',
    'no-param-reassign': 'error',
    eqeqeq: 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-non-null-assertion': 'error',
    'no-restricted-properties': [
      'error',
      { object: 'process', property: 'env', message: 'the environment is read in main.ts alone' },
      { object: 'globalThis', property: 'process', message: 'process is a global' },
    ],
    'no-await-in-loop': 'off',
    'unicorn/no-array-sort': 'off',
  },
  overrides: [
    ...Object.keys(rooms).map(inRoom),
    ...Object.keys(rooms).flatMap(adaptersInRoom),
    {
      // A page is made of files; this one of some of the live page's too.
      files: ['src/transport/console/**'],
      rules: {
        'no-restricted-imports': [
          'error',
          { patterns: [{ group: ['../**', '!../live-page/*.js', ...closedPackages()] }] },
        ],
      },
    },
    { files: ['src/*.ts'], rules: topLevel },
    { files: ['src/parts.ts', 'src/{caller,limit,management}-parts.ts'], rules: partsFile },
    { files: ['src/main.ts', 'src/lambda.ts'], rules: { 'no-restricted-properties': 'off' } },
    { files: ['*.config.mjs', '*.config.ts'], rules: { 'import/no-default-export': 'off' } },
    {
      files: ['test/**', 'scripts/**'],
      rules: {
        'max-lines-per-function': 'off',
        // The columns of a table of cases.
        'max-params': 'off',
        'vitest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*'] }],
        'no-restricted-properties': 'off',
        'no-restricted-imports': 'off',
        // A test's helper stands beside the test that it explains, and answers are parsed JSON.
        'unicorn/consistent-function-scoping': 'off',
        'typescript/no-unsafe-type-assertion': 'off',
      },
    },
  ],
}
