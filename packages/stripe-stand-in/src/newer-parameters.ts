/** A JSON Schema, as far as the contract uses it. */
export type Schema = { readonly [key: string]: unknown }

/**
 * Parameters that Stripe has added to our operations since its description of 2023-08-16 and that the product sends.
 * Source of all of them: the types of stripe-node 23 (API 2026-10-28.endive), `SessionCreateParams`.
 */
export const NEWER_PARAMETERS: { readonly [operation: string]: { readonly [parameter: string]: Schema } } = {
  createCheckoutSession: {
    // Off: the customer pays in the currency of the price, never in a converted one.
    adaptive_pricing: { type: 'object', properties: { enabled: { type: 'boolean' } }, additionalProperties: false },
    ui_mode: { type: 'string', enum: ['elements', 'embedded_page', 'form', 'hosted_page'] },
  },
}
