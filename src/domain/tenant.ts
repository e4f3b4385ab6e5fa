/**
 * The id of an endpoint at which somebody was proven, or of a row that was read. Rows, streams and
 * queries take no other. Only `auth/tenant.ts` and `aws/row-tenant.ts` make one, so a query without
 * a tenant, or with one that merely stood in a request, does not compile.
 */
export type EndpointId = string & TenantProof
