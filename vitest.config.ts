import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** One project per kind of promise; each test file belongs to exactly one. */
const projects = {
  unit: ['test/*.test.ts', 'test/{domain,author,config,protocol,sealing,telemetry}/**/*.test.ts'],
  integration: [
    'test/{aws,local-aws,local-s3,recording,calls,catalog,peers,cache,bundles,function-host,runtime,bundling,manifest,publishing,cli,contracts}/**/*.test.ts',
  ],
  sse: ['test/{events,subscriptions,user-events}/**/*.test.ts', 'test/transport/sse*.test.ts'],
  auth: ['test/{access,accounts,audit,auth,issuers,keys,limits,sessions,tenancy}/**/*.test.ts'],
  mcp_core: [
    'test/{dispatch,tasks,journeys,differential}/**/*.test.ts',
    'test/transport/!(sse)*.test.ts',
    'test/conformance/**/*.test.ts',
  ],
  graphql: ['test/management/**/*.test.ts'],
}

export default defineConfig({
  // As Node resolves it for the libraries that use it: two copies would not know each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    globalSetup: ['test/support/build.ts'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    // Much of a test's time is spent waiting for other processes: two files at a time, on one core too.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Modules are loaded once a worker, not once a file: a third of the time. So they keep nothing that a
    // test could find changed, and hooks are registered by the files that need them.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    projects: Object.entries(projects).map(([name, include]) => ({
      extends: true,
      test: { name, include },
    })),
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/cli/starters/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: {
        lines: 80,
        functions: 80,
        branches: 80,
        statements: 80,
        'src/{dispatch,protocol}/**': { lines: 90, functions: 90, branches: 90, statements: 90 },
        'src/auth/**': { lines: 95, functions: 95, branches: 95, statements: 95 },
      },
    },
  },
})
