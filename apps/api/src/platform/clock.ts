/** Where every rule and every statement gets its `now` from; tests and the inbox's clock page move it. */
export interface Clock {
  /** The product's present instant. */
  now(): Date
}
