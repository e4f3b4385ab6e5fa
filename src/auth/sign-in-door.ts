/** Where who signs in comes from: what is asked for by name, and looked up there to be proven. */
import type { SignIns } from '../accounts/accounts.js'
import { tenantOf } from './tenant.js'

/** As `SignIns`, for endpoints as they stand in a URL. */
export interface SignInDoor extends Pick<SignIns, 'endById'> {
  signIn(endpointId: string, ...given: Given<'signIn'>): ReturnType<SignIns['signIn']>
  refresh(endpointId: string, ...given: Given<'refresh'>): ReturnType<SignIns['refresh']>
  end(endpointId: string, ...given: Given<'end'>): ReturnType<SignIns['end']>
}

/** What follows the endpoint. */
type Given<Name extends keyof SignIns> =
  Parameters<SignIns[Name]> extends [unknown, ...infer Rest] ? Rest : never

export function createSignInDoor(signIns: SignIns): SignInDoor {
  return {
    signIn: (endpointId, ...given) => signIns.signIn(tenantOf(endpointId), ...given),
    refresh: (endpointId, ...given) => signIns.refresh(tenantOf(endpointId), ...given),
    end: (endpointId, ...given) => signIns.end(tenantOf(endpointId), ...given),
    endById: (home, ...given) => signIns.endById(home, ...given),
  }
}
