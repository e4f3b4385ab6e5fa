/** The same words in the schema, where they are upper case, and in the gateway. */
import type { CallStatus } from '../domain/call.js'
import type { CacheKind } from '../domain/cache-kind.js'
import type { McpType } from '../domain/capability.js'
import type { Role } from '../domain/caller.js'
import type {
  CacheKind as CacheKindName,
  FunctionCallStatus,
  FunctionType,
  Role as RoleName,
} from './schema-types.js'

/* oxlint-disable typescript/no-unsafe-type-assertion -- `toUpperCase` of one is the other */

export function fromRole(role: Role): RoleName {
  return role.toUpperCase() as RoleName
}

export function toRole(name: RoleName): Role {
  return name.toLowerCase() as Role
}

export function fromType(type: McpType): FunctionType {
  return type.toUpperCase() as FunctionType
}

export function toType(name: FunctionType): McpType {
  return name.toLowerCase() as McpType
}

export function fromStatus(status: CallStatus): FunctionCallStatus {
  return status.toUpperCase() as FunctionCallStatus
}

export function toStatus(name: FunctionCallStatus): CallStatus {
  return name.toLowerCase() as CallStatus
}

export function fromCacheKind(kind: CacheKind): CacheKindName {
  return kind.toUpperCase() as CacheKindName
}

export function toCacheKind(name: CacheKindName): CacheKind {
  return name.toLowerCase() as CacheKind
}
