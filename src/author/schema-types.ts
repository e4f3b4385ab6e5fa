/** What TypeScript can tell from a literal: arguments from a JSON Schema, variables from a template. */

/** Any JSON Schema; what is written as a literal gives the types of the arguments. */
export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * The values that a JSON Schema describes, as far as `const`, `enum`, `anyOf`, `type`, `properties`,
 * `required` and `items` tell; everything else is `unknown`, and checked by the gateway all the same.
 */
export type FromSchema<Schema> = Schema extends { readonly const: infer Value }
  ? Value
  : Schema extends { readonly enum: readonly (infer Value)[] }
    ? Value
    : Schema extends { readonly anyOf: readonly (infer Branch)[] }
      ? FromSchema<Branch>
      : Schema extends { readonly type: infer Type }
        ? OfTypes<Type, Schema>
        : unknown

type OfTypes<Type, Schema> = Type extends readonly (infer Each)[]
  ? OfType<Each, Schema>
  : OfType<Type, Schema>

type OfType<Type, Schema> = Type extends keyof Scalars
  ? Scalars[Type]
  : Type extends 'array'
    ? readonly ItemOf<Schema>[]
    : Type extends 'object'
      ? ObjectOf<Schema>
      : unknown

interface Scalars {
  string: string
  number: number
  integer: number
  boolean: boolean
  null: null
}

type ItemOf<Schema> = Schema extends { readonly items: infer Item } ? FromSchema<Item> : unknown

type ObjectOf<Schema> = Schema extends { readonly properties: infer Properties }
  ? Members<Properties, RequiredOf<Schema>>
  : Readonly<Record<string, unknown>>

type RequiredOf<Schema> = Schema extends { readonly required: readonly (infer Name)[] }
  ? Name
  : never

type Members<Properties, Required> = Flat<
  {
    readonly [Name in keyof Properties as Name extends Required ? Name : never]: FromSchema<
      Properties[Name]
    >
  } & {
    readonly [Name in keyof Properties as Name extends Required ? never : Name]?: FromSchema<
      Properties[Name]
    >
  }
>

/** One object type instead of an intersection, as editors show it. */
type Flat<Type> = { [Name in keyof Type]: Type[Name] } & {}

/** The names between the braces of a URI template; of an operator or modifier, as they stand. */
export type TemplateNames<Template> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | TemplateNames<Rest>
  : never

/** A template's variables; any names when it is no literal. */
export type TemplateParams<Template> = string extends Template
  ? Readonly<Record<string, string>>
  : HasOperator<TemplateNames<Template>> extends true
    ? Readonly<Record<string, string>>
    : { readonly [Name in TemplateNames<Template>]: string }

/** `{?page,size}`, `{/path*}`: their variables may be missing, and are not spelled out here. */
type HasOperator<Name> = true extends (
  Name extends
    | `${'+' | '#' | '.' | '/' | ';' | '?' | '&'}${string}`
    | `${string}${',' | '*' | ':'}${string}`
    ? true
    : false
)
  ? true
  : false

/** A prompt's arguments: texts, and those that are not required may be missing. */
export type PromptValues<Declared> = Flat<
  {
    readonly [
      Name in keyof Declared as Declared[Name] extends { readonly required: true } ? Name : never
    ]: string
  } & {
    readonly [
      Name in keyof Declared as Declared[Name] extends { readonly required: true } ? never : Name
    ]?: string
  }
>

/** A JSON pointer to an argument that a schema declares, or into it; to any where it declares none. */
export type ArgumentPointer<Schema> = Schema extends { readonly properties: infer Properties }
  ? PointerTo<keyof Properties>
  : AnyPointer

/** To one of these names, or into it. */
export type PointerTo<Name> = string extends Name
  ? AnyPointer
  : Name extends `${string}${'/' | '~'}${string}`
    ? AnyPointer
    : Name extends string
      ? '' | `/${Name}` | `/${Name}/${string}`
      : never

type AnyPointer = '' | `/${string}`
