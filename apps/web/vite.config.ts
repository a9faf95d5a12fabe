import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { compression } from 'vite-plugin-compression2'
import { defineConfig } from 'vitest/config'
import { renderTokensCss } from './src/theme/render-tokens-css.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The first path segments that belong to the customer's entry; everything else opens the staff app. */
const CUSTOMER_PREFIXES = ['/book', '/manage', '/feedback', '/f', '/embed']

/** Paths that the API answers, passed on by the development server. */
const API_PATHS = ['/v1', '/docs', '/inbox', '/test-checkout', '/test-session', '/healthz', '/readyz']

/** Writes `src/theme/tokens.css` from the one theme, so that staff and customer pages cannot drift apart. */
function tokensCss(): Plugin {
  return {
    name: 'ordinatus-tokens-css',
    buildStart() {
      const file = here('src/theme/tokens.css')
      const css = renderTokensCss()
      let current = ''
      try {
        current = readFileSync(file, 'utf8')
      } catch {
        // First build: there is no file yet.
      }
      if (current !== css) writeFileSync(file, css)
    },
  }
}

/** In development, serves the shell of a path's prefix as the API does in production. */
function shells(): Plugin {
  return {
    name: 'ordinatus-shells',
    configureServer(server) {
      server.middlewares.use((incoming, _answer, next) => {
        const path = (incoming.url ?? '').split('?')[0] ?? ''
        const isCustomer = CUSTOMER_PREFIXES.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))
        if (isCustomer && incoming.headers.accept?.includes('text/html')) incoming.url = '/customer.html'
        next()
      })
    },
  }
}

/**
 * Pieces that every page needs travel together: fewer requests on a slow phone, and a few kilobytes less than the same
 * code in a dozen small files.
 */
const CHUNK_GROUPS = [
  {
    name: 'base',
    test: /rolldown\/runtime|vite\/preload-helper|node_modules\/(\.pnpm\/)?(react|react-dom|scheduler|openapi-fetch)[@/]|src\/lib\/(api|problem|dates|money|reload-on-stale-build)\.ts|api-client\//,
  },
  {
    name: 'customer-shared',
    test: /src\/(components\/customer\/(button|skeleton|notice|page-frame|class-names|icons|announcer|use-)|customer\/(customer\.css|use-|resource-cache|features\/(pages|organizations|links\/link-problem|scheduling\/(customer-time-zone|words|return-path|clock-ahead)|bookings\/booking-state)))/,
  },
]

/**
 * `vite build` makes what browsers load; `vite build --ssr` what the server runs to draw the beginning of a customer page,
 * one file that needs no installed package.
 */
export default defineConfig(({ isSsrBuild }) => ({
  plugins: [
    tokensCss(),
    shells(),
    react(),
    !isSsrBuild &&
      compression({ algorithms: ['gzip', 'brotliCompress'], include: /\.(js|css|svg|json)$/, threshold: 512 }),
  ],
  // The server replaces this with a fresh nonce in every answer: no other inline style or script may run.
  html: { cspNonce: '__CSP_NONCE__' },
  ...(isSsrBuild ? { ssr: { noExternal: true }, define: { 'process.env.NODE_ENV': '"production"' } } : {}),
  build: {
    target: 'es2022',
    // A data: URL would need its own exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    copyPublicDir: !isSsrBuild,
    // Tells the server which files a page will need, so that its shell can ask for them at once.
    manifest: isSsrBuild ? false : 'manifest.json',
    rollupOptions: isSsrBuild
      ? // A module wherever it is copied to.
        { output: { entryFileNames: '[name].mjs' } }
      : {
          input: { index: here('index.html'), customer: here('customer.html') },
          output: { codeSplitting: { groups: CHUNK_GROUPS } },
        },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      API_PATHS.map((path) => [path, { target: 'http://localhost:3000', changeOrigin: false }]),
    ),
  },
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'http://localhost:3000/' } },
    // A hostile zone: code that leans on the browser's own zone fails here first.
    env: { TZ: 'Asia/Kathmandu' },
    setupFiles: ['src/testing/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    maxWorkers: 2,
    css: { modules: { classNameStrategy: 'non-scoped' } },
    testTimeout: 40_000,
  },
}))
