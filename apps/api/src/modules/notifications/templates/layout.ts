import { withoutDirection } from '../../../domain/visible-text.ts'

/** Whose mail it is: shown at its top and at its end. */
export interface MailOrganization {
  name: string
  supportEmail: string
  supportPhone: string | null
  logoUrl: string | null
  primaryColor: string
}

export type MailFact = readonly [label: string, value: string | { readonly label: string; readonly url: string }]

/** What one mail says. Plain text everywhere: the layout escapes. */
export interface MailContent {
  /** Under 50 characters where the guide does not fix it. */
  subject: string
  /** The one sentence that says it all. */
  headline: string
  paragraphs: readonly string[]
  /** A short table: label and value. Only what we made ourselves is a link: a name that looks like one stays text. */
  facts: readonly MailFact[]
  button: { label: string; url: string } | null
  /** Why the reader gets it. */
  why: string
}

export interface RenderedMail {
  subject: string
  text: string
  html: string
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)
}

/** A header is one line: whatever a customer typed into a name cannot start another, nor turn the direction of its words. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a header
  return withoutDirection(text.replace(/[\u0000-\u001f\u007f]+/g, ' ')).trim()
}

/**
 * A mail as text and as HTML: one column of 560 px, organization on top, one sentence, facts, one button with its plain
 * address below it (the only one in HTML: other links are words), and why it was sent. Everything that comes from people is escaped; the subject is one line.
 */
export function renderMail(organization: MailOrganization, content: MailContent, locale: string): RenderedMail {
  return {
    subject: oneLine(content.subject),
    text: asText(organization, content),
    html: asHtml(organization, content, locale),
  }
}

function asText(organization: MailOrganization, content: MailContent): string {
  const widest = Math.max(0, ...content.facts.map(([label]) => label.length))
  const blocks = [
    oneLine(content.headline),
    ...content.paragraphs,
    content.facts
      .map(([label, value]) => `${`${label}:`.padEnd(widest + 2)}${typeof value === 'string' ? value : value.url}`)
      .join('\n'),
    content.button === null ? '' : `${content.button.label}:\n${content.button.url}`,
    `-- \n${organization.name}\n${contactLine(organization)}\n${content.why}`,
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function contactLine(organization: MailOrganization): string {
  const phone = organization.supportPhone === null ? '' : ` · ${organization.supportPhone}`
  return `Questions? ${organization.supportEmail}${phone}`
}

const FONT = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

function asHtml(organization: MailOrganization, content: MailContent, locale: string): string {
  const name = escaped(organization.name)
  const head =
    organization.logoUrl === null
      ? `<p style="margin:0;${FONT};font-size:16px;font-weight:600;color:#1f2328">${name}</p>`
      : `<img src="${escaped(organization.logoUrl)}" alt="${name}" height="32" style="display:block;height:32px;border:0">`
  const paragraphs = content.paragraphs
    .map(
      (text) =>
        `<p style="margin:0 0 16px;${FONT};font-size:16px;line-height:1.5;color:#424a53">${escaped(text).replaceAll('\n', '<br>')}</p>`,
    )
    .join('')
  const facts =
    content.facts.length === 0
      ? ''
      : `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 24px;border-collapse:collapse">${content.facts
          .map(
            ([label, value]) =>
              `<tr><td style="padding:4px 16px 4px 0;${FONT};font-size:14px;line-height:1.5;color:#59636e;vertical-align:top;white-space:nowrap">${escaped(label)}</td><td style="padding:4px 0;${FONT};font-size:14px;line-height:1.5;color:#1f2328;vertical-align:top;word-break:break-word">${valueHtml(value)}</td></tr>`,
          )
          .join('')}</table>`
  const button = content.button === null ? '' : buttonHtml(organization, content.button)
  return `<!doctype html>
<html lang="${escaped(locale)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(oneLine(content.subject))}</title>
</head>
<body style="margin:0;padding:0;background:#f6f8fa">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f6f8fa"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="560" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:560px;background:#ffffff;border:1px solid #d1d9e0;border-radius:8px"><tr><td style="padding:24px">
${head}
<h1 style="margin:24px 0 16px;${FONT};font-size:20px;line-height:1.35;font-weight:600;color:#1f2328">${escaped(oneLine(content.headline))}</h1>
${paragraphs}${facts}${button}
</td></tr></table>
<p style="margin:16px 0 0;max-width:560px;${FONT};font-size:13px;line-height:1.5;color:#59636e;text-align:left">${name} · <a href="mailto:${escaped(organization.supportEmail)}" style="color:#59636e">${escaped(organization.supportEmail)}</a>${organization.supportPhone === null ? '' : ` · ${escaped(organization.supportPhone)}`}<br>${linked(content.why)}</p>
</td></tr></table>
</body>
</html>
`
}

/** Escaped text in which web addresses can be clicked. */
function linked(text: string): string {
  return escaped(text).replace(/https?:\/\/[^\s<]+/g, '<a href="$&" style="color:#59636e">$&</a>')
}

function valueHtml(value: MailFact[1]): string {
  if (typeof value === 'string') return escaped(value).replaceAll('\n', '<br>')
  return `<a href="${escaped(value.url)}" style="color:#1f2328">${escaped(value.label)}</a>`
}

function buttonHtml(organization: MailOrganization, button: { label: string; url: string }): string {
  const url = escaped(button.url)
  return `<p style="margin:0 0 12px"><a href="${url}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:${escaped(organization.primaryColor)};color:${inkOn(organization.primaryColor)};${FONT};font-size:16px;font-weight:600;text-decoration:none">${escaped(button.label)}</a></p>
<p style="margin:0;${FONT};font-size:13px;line-height:1.5;color:#59636e;word-break:break-all">Or open this address: <a href="${url}" style="color:#59636e">${url}</a></p>`
}

/** Black or white, whichever stands out more on that colour (WCAG 2.2, relative luminance). */
function inkOn(color: string): '#000000' | '#ffffff' {
  const channel = (from: number) => {
    const value = Number.parseInt(color.slice(from, from + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
  // The luminance at which black and white have the same contrast.
  return luminance > 0.179 ? '#000000' : '#ffffff'
}
