import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { USER_EVENT_TYPES, userEventJsonSchema } from '../../src/user-events/user-event.js'

it('its JSON Schema in the repository is the one that is told by, for every type (node scripts/build.mjs && node scripts/write-json-schemas.mjs renews it)', () => {
  const committed = new URL('../../src/user-events/user-event.schema.json', import.meta.url)
  const schema = JSON.parse(readFileSync(committed, 'utf8'))
  expect(schema).toEqual(JSON.parse(JSON.stringify(userEventJsonSchema())))
  const types = schema.oneOf.map(
    ({ properties }: { properties: { type: { const: string } } }) => properties.type.const,
  )
  expect(types).toEqual(USER_EVENT_TYPES)
  // What later versions add is nothing that a client may refuse.
  expect(JSON.stringify(schema)).not.toContain('additionalProperties":false')
})
