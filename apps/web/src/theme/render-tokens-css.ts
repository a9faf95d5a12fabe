import { DARK, LIGHT, SHARED } from './tokens.ts'

function declarations(tokens: Record<string, string>, indent: string): string {
  return Object.entries(tokens)
    .map(([name, value]) => `${indent}--o-${name}: ${value};`)
    .join('\n')
}

/**
 * The style sheet that gives every page its colours and lengths.
 *
 * Dark follows the system unless the person chose otherwise, which the staff app writes as
 * `data-mantine-color-scheme` on the root element. Customer pages have no such attribute and follow the system.
 */
export function renderTokensCss(): string {
  return `/* Written by the build from theme/tokens.ts. Change it there. */
:root {
  color-scheme: light;
${declarations(SHARED, '  ')}
${declarations(LIGHT, '  ')}
}

@media (prefers-color-scheme: dark) {
  :root:not([data-mantine-color-scheme='light']) {
    color-scheme: dark;
${declarations(DARK, '    ')}
  }
}

:root[data-mantine-color-scheme='dark'] {
  color-scheme: dark;
${declarations(DARK, '  ')}
}

@media (prefers-reduced-motion: reduce) {
  :root {
    --o-motion-fast: 0ms;
  }
}
`
}
