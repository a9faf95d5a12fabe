import type { Clock } from '../src/platform/clock.ts'

/** A clock that stands still until a test moves it. Sign-in goes by the real time, as in the product. */
export class FakeClock implements Clock {
  #now: Date
  #unmoved: Date | null = null

  constructor(now: string) {
    this.#now = new Date(now)
  }

  now(): Date {
    return new Date(this.#now)
  }

  unmoved(): Date {
    return this.#unmoved ?? new Date()
  }

  /** The true time stands still as well; null: it runs on. */
  stopUnmovedAt(instant: Date | null): void {
    this.#unmoved = instant
  }

  moveTo(now: string | Date): void {
    this.#now = new Date(now)
  }

  advanceMinutes(minutes: number): void {
    this.#now = new Date(this.#now.getTime() + minutes * 60_000)
  }
}
