/** Tests act as any tenant: for them every text is one. `src/tsconfig.json` has the strict one. */
interface TenantProof {}
