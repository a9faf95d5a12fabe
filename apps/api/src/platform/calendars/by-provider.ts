import type { CalendarConnection, Calendars } from './calendars.ts'

/**
 * One {@link Calendars} over several providers: each call goes to the one that the connection names. A provider that is
 * not configured here is unreadable, so its trainer is offered to nobody, and writing to it fails until it is.
 */
export function calendarsByProvider(providers: Partial<Record<CalendarConnection['provider'], Calendars>>): Calendars {
  function of(connection: CalendarConnection): Calendars {
    const calendars = providers[connection.provider]
    if (!calendars) throw new Error(notConfigured(connection))
    return calendars
  }
  return {
    busyIntervals: async (input) => {
      const calendars = providers[input.connection.provider]
      if (!calendars) return { state: 'unreadable', reason: notConfigured(input.connection) }
      return calendars.busyIntervals(input)
    },
    putEvent: async (input) => of(input.connection).putEvent(input),
    removeEvent: async (input) => of(input.connection).removeEvent(input),
  }
}

function notConfigured({ provider }: CalendarConnection): string {
  return `Calendars of provider "${provider}" are not configured on this server.`
}
