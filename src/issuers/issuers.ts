/** Which foreign issuers of tokens do we believe, and what? The front door of the room. */
export { createCognitoTokens } from './cognito-tokens.js'
export { createCognitoClient } from './cognito-client.js'
export { createCognitoSignIns } from './cognito-sign-ins.js'
export { createOidcTokens, type IssuerParts, type OidcRules } from './oidc-tokens.js'
