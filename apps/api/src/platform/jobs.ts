/** How the rest of the product reaches the job runner: it never queues a job, it only says that there may be news. */
export interface Jobs {
  /** Wakes the relay after a commit; many calls at once become one. Losing it costs half a second, never an event. */
  wake(): void
}

/** For apps without a worker beside them, and for the OpenAPI writer. */
export const silentJobs: Jobs = { wake: () => {} }
