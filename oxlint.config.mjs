/**
 * Lint, and the walls between the rooms of `src/`.
 *
 * `rooms` is the one table of who may import whom; `test/architecture.test.ts` plants intruders
 * and sees each caught. An override replaces and never merges, so each wall carries everything.
 */

/** Room → the rooms whose front door (`room/room.ts`, or the named files) it may import. */
export const rooms = {
  domain: [],
  config: ['domain'],
  protocol: ['domain'],
  telemetry: ['domain'],
  aws: ['domain', 'telemetry'],
  'local-aws': ['domain', 'telemetry'],
  auth: ['domain', 'telemetry', 'aws'],
  calls: ['domain', 'telemetry', 'aws'],
  catalog: ['domain', 'telemetry', 'aws'],
  bundles: ['domain', 'telemetry', 'aws'],
  runtime: ['domain', 'telemetry', 'bundles'],
  publishing: ['domain', 'telemetry', 'bundles', 'runtime', 'catalog'],
  dispatch: ['domain', 'telemetry', 'protocol', 'auth', 'catalog', 'bundles', 'runtime', 'calls'],
  transport: ['domain', 'telemetry', 'protocol', 'auth', 'dispatch'],
  cli: [
    'domain',
    'config',
    'telemetry',
    'protocol',
    'aws',
    'local-aws',
    'auth',
    'calls',
    'catalog',
    'bundles',
    'runtime',
    'publishing',
    'dispatch',
    'transport',
  ],
}

/** Rooms that are all front door: nouns and their keys, with no adapter to hide. */
const openRooms = new Set(['domain', 'aws'])

const adapters = '{dynamo,redis,memory,s3}-*'
const fastify = ['fastify', 'fastify-plugin', '@fastify/*']
const awsSdk = ['@aws-sdk/*', '@smithy/*']
const redis = ['redis', 'ioredis']
const cloud = [...awsSdk, 'dynalite']

/** Packages that a file may not import, unless its room or its name says otherwise. */
const forbiddenPackages = (allowed = []) =>
  [...fastify, ...cloud, ...redis].filter((name) => !allowed.includes(name))

const allowedPackages = {
  transport: fastify,
  aws: awsSdk,
  'local-aws': cloud,
}

const wall = (room, allowed = allowedPackages[room]) => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        {
          group: [
            '../**',
            ...rooms[room].flatMap((name) =>
              openRooms.has(name) ? [`!../${name}/*.js`] : [`!../${name}/${name}.js`],
            ),
            `../*/${adapters}`,
          ],
          message: `${room}/ may import only the front doors of: ${rooms[room].join(', ') || 'nothing'}; never an adapter`,
        },
        {
          group: forbiddenPackages(allowed),
          message: `${room}/ may not import this package: see "rooms" in oxlint.config.mjs`,
        },
      ],
    },
  ],
})

const inRoom = (room) => ({ files: [`src/${room}/**`], rules: wall(room) })

/** The adapters of a room may use the AWS SDK (`dynamo-*`, `s3-*`) or a Redis client (`redis-*`). */
const adaptersInRoom = (room) => [
  {
    files: [`src/${room}/dynamo-*.ts`, `src/${room}/s3-*.ts`],
    rules: wall(room, awsSdk),
  },
  { files: [`src/${room}/redis-*.ts`], rules: wall(room, redis) },
]

const noAdapters = (message, extra = []) => ({
  'no-restricted-imports': [
    'error',
    { patterns: [{ group: [`./*/${adapters}`, ...extra, ...forbiddenPackages()], message }] },
  ],
})

export default {
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  ignorePatterns: [
    'dist',
    'coverage',
    'node_modules',
    'test/**/bundles/**',
    'src/cli/demo-bundle/**',
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
    'node/no-process-env': 'error',
    'no-await-in-loop': 'off',
    'unicorn/no-array-sort': 'off',
  },
  overrides: [
    ...Object.keys(rooms).map(inRoom),
    ...Object.keys(rooms).flatMap(adaptersInRoom),
    {
      files: ['src/app.ts'],
      rules: noAdapters('app.ts takes its parts: only parts.ts chooses adapters', [
        './local-aws/*',
      ]),
    },
    { files: ['src/main.ts', 'src/lambda.ts'], rules: { 'node/no-process-env': 'off' } },
    { files: ['*.config.mjs', '*.config.ts'], rules: { 'import/no-default-export': 'off' } },
    {
      files: ['test/**', 'scripts/**'],
      rules: {
        'max-lines-per-function': 'off',
        'node/no-process-env': 'off',
        'no-restricted-imports': 'off',
      },
    },
  ],
}
