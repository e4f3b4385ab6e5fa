/** Preloaded into the product: it dies, as of `kill -9`, in place of one of its requests to AWS. */
import { S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

const { KILL_AT: name, KILL_AFTER: after } = process.env
let left = Number(after)
for (const { prototype } of [S3Client, DynamoDBDocumentClient]) {
  const { value: send } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(prototype), 'send')
  prototype.send = function (command, ...rest) {
    if (command.constructor.name === name && left-- === 0) process.kill(process.pid, 'SIGKILL')
    return Reflect.apply(send, this, [command, ...rest])
  }
}
