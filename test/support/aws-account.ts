import type { LocalAws } from '../../src/local-aws/local-aws.js'

/** The settings with which a gateway takes an engine that has a port for an account of AWS. */
export function accountAt({ url = '' }: LocalAws): Record<string, string> {
  return {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_ENDPOINT_URL_S3: url,
    FUNCT_BUCKET_NAME: 'bundles',
    INITIALIZE_TABLES: '1',
  }
}
