import type { paths } from '@ordinatus/api-client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, publicApi } from '../../lib/api.ts'
import { beginSignIn } from '../../lib/sign-in-session.ts'
import { api } from '../../lib/staff-api.ts'
import { type Me, meQuery } from './queries.ts'

export type SignUpInput = paths['/v1/auth/signup']['post']['requestBody']['content']['application/json']
export type MeChange = NonNullable<paths['/v1/me']['patch']['requestBody']>['content']['application/json']

/** Signs in by email and password. */
export function useSignIn() {
  return useMutation({
    mutationFn: (body: { email: string; password: string }) => answer(publicApi.POST('/v1/auth/login', { body })),
    onSuccess: beginSignIn,
  })
}

/** Makes an organization with its first admin, and signs them in. */
export function useSignUp() {
  return useMutation({
    mutationFn: (body: SignUpInput) => answer(publicApi.POST('/v1/auth/signup', { body })),
    onSuccess: beginSignIn,
  })
}

/** Changes the person's own names, zone or notification preferences; only what is sent. */
export function useUpdateMe() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: MeChange) => answer(api.PATCH('/v1/me', { body })),
    onSuccess: (me: Me) => {
      const before = cache.getQueryData(meQuery().queryKey)
      cache.setQueryData(meQuery().queryKey, me)
      // The schedule and its open times follow the zone.
      if (before?.timeZone !== me.timeZone) void cache.invalidateQueries({ queryKey: ['availability'] })
    },
  })
}
