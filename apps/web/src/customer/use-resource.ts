import { createContext, useCallback, useContext, useEffect, useRef, useSyncExternalStore } from 'react'
import { isWorthPolling, type Resource, ResourceCache, type ResourceState } from './resource-cache.ts'

export const ResourceCacheContext = createContext(new ResourceCache())

export function useResourceCache(): ResourceCache {
  return useContext(ResourceCacheContext)
}

/** For a resource that cannot be named yet. */
const NO_KEY: readonly unknown[] = ['nothing']

/**
 * Reads a resource and keeps it current while it is shown: at its own pace, when the page comes back into view, and when
 * the network does. `null` reads nothing yet.
 */
export function useResource<Data>(
  resource: Resource<Data> | null,
): ResourceState<Data> & { isPending: boolean; refetch: () => void } {
  const cache = useResourceCache()
  const latest = useRef(resource)
  useEffect(() => {
    latest.current = resource
  })
  const key = resource?.key ?? NO_KEY
  const keyText = JSON.stringify(key)
  const subscribe = useCallback(
    (listener: () => void) => cache.subscribe(JSON.parse(keyText), listener),
    [cache, keyText],
  )
  const state = useSyncExternalStore(subscribe, () => cache.snapshot<Data>(key))
  const pollMs = resource && isWorthPolling(state) ? (resource.pollMs?.(state.data as Data) ?? null) : null

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new key is a new resource, whatever the object
  useEffect(() => {
    if (latest.current) cache.refresh(latest.current)
  }, [cache, keyText])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the clock starts anew for a new key
  useEffect(() => {
    if (pollMs === null) return
    const timer = setInterval(() => {
      if (latest.current && !document.hidden) cache.refresh(latest.current, 0)
    }, pollMs)
    return () => clearInterval(timer)
  }, [cache, keyText, pollMs])

  useEffect(() => {
    const comeBack = () => {
      if (latest.current && !document.hidden) cache.refresh(latest.current)
    }
    window.addEventListener('visibilitychange', comeBack)
    window.addEventListener('online', comeBack)
    return () => {
      window.removeEventListener('visibilitychange', comeBack)
      window.removeEventListener('online', comeBack)
    }
  }, [cache])

  const refetch = useCallback(() => {
    if (latest.current) cache.refresh(latest.current, 0)
  }, [cache])
  return { ...state, isPending: state.data === undefined && state.error === null, refetch }
}
