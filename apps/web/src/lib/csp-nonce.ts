/** The nonce that this page's content security policy asks of every style the app adds; empty in development. */
export function cspNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
}
