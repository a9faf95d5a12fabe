import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.ts'
import { readPublicForm } from '../../views/public-forms.ts'
import { ref } from '../../wire/schema.ts'
import { PublicForm, PublicFormParams } from './schemas.ts'

/** The public intake forms. */
export const formRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  app.get(
    '/v1/public/organizations/:org/forms/:formSlug',
    {
      config: { audience: ['public'] },
      schema: {
        operationId: 'getPublicForm',
        tags: ['Public forms'],
        summary: 'Read a public form',
        description: 'The published version, everything that is needed to show it. 404 while none is published.',
        params: PublicFormParams,
        response: { 200: ref(PublicForm) },
      },
    },
    async (request) => readPublicForm(deps, request.params),
  )
}
