/** What Cognito says against a request, by its own error names → what the client is told. */
import { GatewayError } from '../domain/errors.js'

type Asked = 'USER_PASSWORD_AUTH' | 'REFRESH_TOKEN_AUTH' | 'REVOKE'

/** Unknown names and wrong passwords are not told apart, even where the pool or an emulator does. */
const NOT_RIGHT: ReadonlySet<string> = new Set([
  'NotAuthorizedException',
  'UserNotFoundException',
  'InvalidPasswordException',
  'InvalidParameterException',
  'RefreshTokenReuseException',
  'UnsupportedTokenTypeException',
])

const TOO_MANY: ReadonlySet<string> = new Set([
  'TooManyRequestsException',
  'TooManyFailedAttemptsException',
  'LimitExceededException',
])

/** What has to be done at the pool's own pages first; challenges go by their names. */
const TO_DO: Readonly<Record<string, string>> = {
  PasswordResetRequiredException: 'The password must be reset first',
  UserNotConfirmedException: 'The account must be confirmed first',
  NEW_PASSWORD_REQUIRED: 'A new password must be chosen first',
}

const OTHER_CHALLENGE = 'This account needs more than a password: sign in at the pool’s own pages'

/** A user that was locked out is told so under the same name as a wrong password. */
const LOCKED_OUT = /attempts exceeded/i

/** When one who tried too often may try again, in seconds: Cognito does not say. */
const RETRY_AFTER_S = 5

/** @param thrown an error of the SDK's, or a challenge under its name */
export function refusalOf(thrown: unknown, asked: Asked): GatewayError {
  const { name, message } = read(thrown)
  if (TOO_MANY.has(name) || LOCKED_OUT.test(message))
    return new GatewayError('LOCKED_OUT', 'Too many attempts: try again later', {
      cause: thrown,
      data: { retryAfterS: RETRY_AFTER_S },
    })
  if (NOT_RIGHT.has(name))
    return new GatewayError('UNAUTHENTICATED', wrong(asked), { cause: thrown })
  const todo = TO_DO[name] ?? (isChallenge(thrown) ? OTHER_CHALLENGE : undefined)
  if (todo !== undefined) return new GatewayError('FORBIDDEN', todo, { cause: thrown })
  return new GatewayError('ACCOUNTS_UNAVAILABLE', 'Nobody can sign in now', { cause: thrown })
}

function read(thrown: unknown): { name: string; message: string } {
  if (thrown instanceof Error) return thrown
  const name = typeof thrown === 'object' && thrown && 'name' in thrown ? thrown.name : undefined
  return { name: typeof name === 'string' ? name : '', message: '' }
}

function isChallenge(thrown: unknown): boolean {
  return !(thrown instanceof Error) && read(thrown).name !== ''
}

function wrong(asked: Asked): string {
  return asked === 'USER_PASSWORD_AUTH'
    ? 'The user name or password is wrong'
    : 'The refresh token is not good: sign in'
}
