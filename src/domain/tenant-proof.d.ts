/**
 * What makes a text a tenant. No value has it: it is there for the compiler alone. It is global so
 * that tests, which act as any tenant, have an empty one instead (`test/tenant-proof.d.ts`).
 */
interface TenantProof {
  readonly [tenantProof]: true
}

declare const tenantProof: unique symbol
