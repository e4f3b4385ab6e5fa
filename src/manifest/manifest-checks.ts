/** What a manifest is checked with that only the catalog can say, one sentence a problem. */
export interface ManifestChecks {
  /** Why a JSON Schema does not compile. */
  schemaProblems(schema: unknown): readonly string[]
  /** Why a URI template cannot be matched. */
  templateProblems(template: string): readonly string[]
}
