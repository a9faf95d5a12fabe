/** Where every rule and every statement gets its `now` from; tests and the inbox's clock page move it. */
export interface Clock {
  /** The product's present instant. */
  now(): Date
  /** The true present, which nothing moves: sign-in, refresh tokens and API keys go by it (api.md, "time"). */
  unmoved(): Date
}
