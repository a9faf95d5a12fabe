import compress from '@fastify/compress'
import fastifyPlugin from 'fastify-plugin'

/** Below this the headers and the work cost more than the bytes saved. */
const WORTH_COMPRESSING_BYTES = 2048

/**
 * Compresses what is answered as JSON, HTML or CSV to whoever accepts it. A live stream is none of these and leaves at
 * once; built files carry compression of their own (`web/shells.ts`). Bodies that come in compressed are refused: nobody
 * needs to send them, and a small one could unfold into a very large one.
 */
export const compressionPlugin = fastifyPlugin(
  async (app) => {
    await app.register(compress, {
      globalDecompression: false,
      threshold: WORTH_COMPRESSING_BYTES,
      customTypes: /^(application\/(problem\+)?json|text\/(html|csv))\b/,
      encodings: ['br', 'gzip'],
    })
  },
  { name: 'compression' },
)
