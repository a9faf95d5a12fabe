import { useSyncExternalStore } from 'react'
import { Navigate, useLocation } from 'react-router'
import { hasSignedOut, onSignInChange, type SignInState, signInState } from '../lib/sign-in-session.ts'
import { paths } from './paths.ts'

export function useSignInState(): SignInState {
  return useSyncExternalStore(onSignInChange, signInState)
}

/** Leads to sign-in and afterwards back to where one wanted to go; after signing out on purpose, to nowhere. */
export function ToSignIn() {
  const { pathname, search, hash } = useLocation()
  return <Navigate to={paths.signIn(hasSignedOut() ? undefined : `${pathname}${search}${hash}`)} replace />
}
