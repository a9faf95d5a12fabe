import { randomBytes } from 'node:crypto'
import type postgres from 'postgres'
import type { Money } from '../../domain/money.ts'
import type { Clock } from '../clock.ts'
import type { Secrets } from '../secrets.ts'
import { prepareTestVendors } from '../test-vendors.ts'
import {
  type CheckoutInput,
  type CheckoutSnapshot,
  type DisputeSnapshot,
  type PaymentGateway,
  PaymentGatewayRefused,
  PaymentGatewayUnavailable,
  type RefundInput,
  type RefundSnapshot,
} from './payment-gateway.ts'

/** What the customer's own page shows. */
export interface TestCheckoutView {
  id: string
  bookingId: string
  status: CheckoutSnapshot['status']
  amount: Money
  description: string
  customerEmail: string
  expiresAt: Date
  returnUrl: string
  declinedTimes: number
}

/** `lost`: the product is never told; `late`: it is told after the deadline. Otherwise at once. */
export type NotifyMode = 'now' | 'late' | 'lost'

/** Null: no such checkout. `expired`: the deadline has passed or the product ended it. */
export type CustomerMove =
  | { outcome: 'moved' | 'already_paid'; returnUrl: string; notify: boolean }
  | { outcome: 'expired' }
  | null

export interface TestCheckout extends PaymentGateway {
  readonly provider: 'test_checkout'
  view(checkoutId: string): Promise<TestCheckoutView | null>
  /** The customer pays: exactly one of any number at once moves it. */
  pay(checkoutId: string, mode: NotifyMode): Promise<CustomerMove>
  /** The card is declined: the checkout stays open for another try. */
  decline(checkoutId: string): Promise<CustomerMove>
  /** The customer goes back without paying: the checkout stays open until its deadline. */
  abandon(checkoutId: string): Promise<CustomerMove>
  /** Tells of every payment whose late or repeated notification is due; answers how many. One that fails is due again. */
  deliverDue(notify: (checkoutId: string) => Promise<void>): Promise<number>
  /** A notification failed: it is due again a little later, as real providers do. */
  notifyAgain(checkoutId: string): Promise<void>
  /** From now on new refunds start like this; `pending` ones wait for {@link settleRefund}. */
  startRefundsAs(status: 'pending' | 'succeeded'): void
  /** The bank has it, or sends it back, which it may also do after it had it. */
  settleRefund(refundId: string, status: 'succeeded' | 'failed'): Promise<void>
  /** Somebody pays back at the provider itself, as in a dashboard, and the product does not know of it; answers its id. */
  refundElsewhere(paymentId: string, amount: Money): Promise<string>
  /** The customer asks their bank for the money of a payment; answers the dispute's id. `isInquiry`: the bank only asks. */
  openDispute(
    paymentId: string,
    facts: Pick<DisputeSnapshot, 'amount' | 'reason' | 'respondBy'> & { isInquiry?: boolean },
  ): string
  /** The bank takes the money that it had only asked about. */
  turnIntoDispute(inquiryId: string): void
  closeDispute(disputeId: string, status: 'won' | 'lost'): void
  /** While true every call of the product throws {@link PaymentGatewayUnavailable}. The customer's page still works. */
  simulateOutage(out: boolean): void
}

interface CheckoutRow {
  id: string
  organizationId: string
  bookingId: string
  amount: string
  currency: string
  description: string
  customerEmail: string
  expiresAt: Date | string
  returnUrl: string
  status: CheckoutSnapshot['status']
  paymentId: string | null
  declinedTimes: number
}

type RefundStatus = RefundSnapshot['status']
/** The product's own refunds are known by the key under which it asks for them. */
const REFUND_KEY = /^refund:([^:]+)/

/** Late is after the deadline by a clear margin, so that the hold is surely over. */
const LATE_BY_SECONDS = 60
const NOTIFY_AGAIN_SECONDS = 5

/**
 * A payment provider that moves no money, for a machine without Stripe: same port, same rules. State lies in schema
 * `test_vendors`, committed on its own connections. `clock` is the product's, so that a moved clock lets a deadline pass.
 * The return address carries a usable link and lies sealed: that schema may be in the product's own database, which holds
 * none (product.md §6). Refused in production by whoever composes the app.
 */
export async function createTestCheckout(options: {
  sql: postgres.Sql
  clock: Pick<Clock, 'now'>
  secrets: Pick<Secrets, 'seal' | 'open'>
  /** Origin under which the customer reaches the page, without a trailing slash. */
  appUrl: string
}): Promise<TestCheckout> {
  const { sql, clock, secrets, appUrl } = options
  await prepareTestVendors(sql)
  let out = false
  let refundsStartAs: 'pending' | 'succeeded' = 'succeeded'
  const disputes = new Map<string, DisputeSnapshot>()

  const columns = sql`id, organization_id as "organizationId", booking_id as "bookingId", amount, currency, description,
    customer_email as "customerEmail", expires_at as "expiresAt", return_url as "returnUrl", status,
    payment_id as "paymentId", declined_times as "declinedTimes"`
  const nowText = () => clock.now().toISOString()

  /** Reads one checkout; a deadline that has passed is written down first, so that status and truth never differ. */
  async function read(id: string): Promise<CheckoutRow | null> {
    await sql`update test_vendors.checkouts set status = 'expired'
      where id = ${id} and status = 'open' and expires_at <= ${nowText()}`
    const [row] = await sql<CheckoutRow[]>`select ${columns} from test_vendors.checkouts where id = ${id}`
    return row === undefined ? null : { ...row, returnUrl: openedReturnUrl(row) }
  }

  const returnContext = (bookingId: string) => `test-checkout:${bookingId}:return`

  function openedReturnUrl(row: CheckoutRow): string {
    return secrets.open(Buffer.from(row.returnUrl, 'base64url'), returnContext(row.bookingId)).toString('utf8')
  }

  function sealedReturnUrl({ bookingId, returnUrl }: CheckoutInput): string {
    return secrets.seal(returnUrl, returnContext(bookingId)).toString('base64url')
  }

  function snapshot(row: CheckoutRow): CheckoutSnapshot {
    return {
      id: row.id,
      url: row.status === 'open' ? `${appUrl}/test-checkout/${row.id}` : null,
      status: row.status,
      paymentStatus: row.status === 'complete' ? 'paid' : 'unpaid',
      amount: { amount: Number(row.amount), currency: row.currency },
      bookingId: row.bookingId,
      paymentId: row.paymentId,
      expiresAt: new Date(row.expiresAt),
    }
  }

  /** A call by the product: refusals pass, anything else means that nothing is known. */
  async function asked<T>(work: () => Promise<T>): Promise<T> {
    if (out) throw new PaymentGatewayUnavailable('The test checkout plays dead.')
    try {
      return await work()
    } catch (error) {
      if (error instanceof PaymentGatewayRefused) throw error
      throw new PaymentGatewayUnavailable('The test checkout could not be reached.', { cause: error })
    }
  }

  async function owned(organizationId: string, checkoutId: string): Promise<CheckoutRow> {
    const row = await read(checkoutId)
    if (!row || row.organizationId !== organizationId) throw new PaymentGatewayRefused('No such checkout.')
    return row
  }

  async function move(id: string, step: () => Promise<readonly unknown[]>, notify: boolean): Promise<CustomerMove> {
    const moved = (await step()).length > 0
    const row = await read(id)
    if (!row) return null
    if (moved) return { outcome: 'moved', returnUrl: row.returnUrl, notify }
    if (row.status === 'complete') return { outcome: 'already_paid', returnUrl: row.returnUrl, notify: false }
    return { outcome: 'expired' }
  }

  async function notifyAgain(id: string): Promise<void> {
    await sql`update test_vendors.checkouts
      set notify_at = ${nowText()}::timestamptz + make_interval(secs => ${NOTIFY_AGAIN_SECONDS}) where id = ${id}`
  }

  return {
    provider: 'test_checkout',

    createCheckout: (input) =>
      asked(async () => {
        assertCheckout(input, clock.now())
        const id = newId('tc')
        await sql`
          insert into test_vendors.checkouts (id, idempotency_key, organization_id, booking_id, amount, currency,
            description, customer_email, expires_at, return_url)
          values (${id}, ${input.idempotencyKey}, ${input.organizationId}, ${input.bookingId}, ${input.amount.amount},
            ${input.amount.currency}, ${input.description}, ${input.customerEmail}, ${input.expiresAt.toISOString()},
            ${sealedReturnUrl(input)})
          on conflict (idempotency_key) do nothing`
        const [made] = await sql<{ id: string }[]>`
          select id from test_vendors.checkouts where idempotency_key = ${input.idempotencyKey}`
        const row = made ? await read(made.id) : null
        if (!row) throw new Error('The checkout just made is gone.')
        if (!isSameCheckout(row, input)) {
          throw new PaymentGatewayRefused('This idempotency key was used with other parameters.')
        }
        return snapshot(row)
      }),

    findCheckout: ({ organizationId, idempotencyKey }) =>
      asked(async () => {
        const [made] = await sql<{ id: string }[]>`
          select id from test_vendors.checkouts
          where idempotency_key = ${idempotencyKey} and organization_id = ${organizationId}`
        const row = made ? await read(made.id) : null
        return row && snapshot(row)
      }),

    retrieveCheckout: ({ organizationId, checkoutId }) =>
      asked(async () => snapshot(await owned(organizationId, checkoutId))),

    expireCheckout: ({ organizationId, checkoutId }) =>
      asked(async () => {
        await sql`update test_vendors.checkouts set status = 'expired'
          where id = ${checkoutId} and organization_id = ${organizationId} and status = 'open'`
        return snapshot(await owned(organizationId, checkoutId))
      }),

    refund: (input) => asked(() => refund(input)),

    retrieveRefund: ({ organizationId, refundId }) =>
      asked(async () => {
        const [row] = await sql<{ amount: string; currency: string; status: RefundSnapshot['status'] }[]>`
          select r.amount, r.currency, r.status from test_vendors.refunds r
          join test_vendors.checkouts c on c.payment_id = r.payment_id
          where r.id = ${refundId} and c.organization_id = ${organizationId}`
        if (!row) throw new PaymentGatewayRefused('No such refund.')
        return {
          id: refundId,
          status: row.status,
          amount: { amount: Number(row.amount), currency: row.currency },
          failureReason: failureOf(row.status),
        }
      }),

    listRefunds: ({ organizationId, paymentId }) =>
      asked(async () => {
        const rows = await sql<{ id: string; key: string; amount: string; currency: string; status: RefundStatus }[]>`
          select r.id, r.idempotency_key as key, r.amount, r.currency, r.status from test_vendors.refunds r
          join test_vendors.checkouts c on c.payment_id = r.payment_id
          where r.payment_id = ${paymentId} and c.organization_id = ${organizationId}`
        return rows.map((row) => ({
          id: row.id,
          status: row.status,
          amount: { amount: Number(row.amount), currency: row.currency },
          failureReason: failureOf(row.status),
          refundId: REFUND_KEY.exec(row.key)?.[1] ?? null,
        }))
      }),

    retrieveDispute: ({ disputeId }) =>
      asked(async () => {
        const dispute = disputes.get(disputeId)
        if (dispute === undefined) throw new PaymentGatewayRefused('No such dispute.')
        return dispute
      }),

    listDisputes: ({ paymentId }) =>
      asked(async () => [...disputes.values()].filter((dispute) => dispute.paymentId === paymentId)),

    retrieveBookingId: ({ paymentId }) =>
      asked(async () => {
        const [row] = await sql<{ bookingId: string }[]>`
          select booking_id as "bookingId" from test_vendors.checkouts where payment_id = ${paymentId}`
        return row?.bookingId ?? null
      }),

    view: async (checkoutId) => {
      const row = await read(checkoutId)
      if (!row) return null
      const { id, bookingId, status, description, customerEmail, returnUrl, declinedTimes } = row
      const amount = { amount: Number(row.amount), currency: row.currency }
      return {
        id,
        bookingId,
        status,
        amount,
        description,
        customerEmail,
        returnUrl,
        declinedTimes,
        expiresAt: new Date(row.expiresAt),
      }
    },

    pay: (id, mode) =>
      move(
        id,
        () => sql`
          update test_vendors.checkouts
          set status = 'complete', payment_id = ${newId('tp')},
            notify_at = ${mode === 'late' ? sql`expires_at + make_interval(secs => ${LATE_BY_SECONDS})` : null}
          where id = ${id} and status = 'open' and expires_at > ${nowText()}
          returning id`,
        mode === 'now',
      ),

    decline: (id) =>
      move(
        id,
        () => sql`update test_vendors.checkouts set declined_times = declined_times + 1
          where id = ${id} and status = 'open' and expires_at > ${nowText()} returning id`,
        false,
      ),

    abandon: (id) =>
      move(
        id,
        () => sql`select id from test_vendors.checkouts
          where id = ${id} and status = 'open' and expires_at > ${nowText()}`,
        false,
      ),

    deliverDue: async (notify) => {
      const due = await sql<{ id: string }[]>`
        update test_vendors.checkouts set notify_at = null where notify_at <= ${nowText()} returning id`
      for (const { id } of due) await notify(id).catch(() => notifyAgain(id))
      return due.length
    },

    notifyAgain,

    startRefundsAs: (status) => {
      refundsStartAs = status
    },

    settleRefund: async (refundId, status) => {
      await sql`update test_vendors.refunds set status = ${status} 
        where id = ${refundId} and (status = 'pending' or (status = 'succeeded' and ${status} = 'failed'))`
    },

    refundElsewhere: async (paymentId, amount) => {
      const id = newId('tr')
      await sql`
        insert into test_vendors.refunds (id, idempotency_key, payment_id, amount, currency, reason, status)
        values (${id}, ${`elsewhere:${id}`}, ${paymentId}, ${amount.amount}, ${amount.currency}, 'made elsewhere', 'succeeded')`
      return id
    },

    openDispute: (paymentId, facts) => {
      const id = newId('td')
      disputes.set(id, { id, paymentId, status: 'open', isInquiry: false, ...facts })
      return id
    },

    turnIntoDispute: (id) => {
      const inquiry = disputes.get(id)
      if (inquiry !== undefined) disputes.set(id, { ...inquiry, isInquiry: false })
    },

    closeDispute: (id, status) => {
      const dispute = disputes.get(id)
      if (dispute !== undefined) disputes.set(id, { ...dispute, status })
    },

    simulateOutage: (on) => {
      out = on
    },
  }

  async function refund(input: RefundInput): Promise<RefundSnapshot> {
    return sql.begin(async (transaction) => {
      const [paid] = await transaction<{ amount: string; currency: string; organizationId: string }[]>`
        select amount, currency, organization_id as "organizationId" from test_vendors.checkouts
        where payment_id = ${input.paymentId} for update`
      if (!paid || paid.organizationId !== input.organizationId) throw new PaymentGatewayRefused('No such payment.')
      type Row = { id: string; paymentId: string; amount: string; currency: string; status: RefundSnapshot['status'] }
      const [made] = await transaction<Row[]>`
        select id, payment_id as "paymentId", amount, currency, status from test_vendors.refunds
        where idempotency_key = ${input.idempotencyKey}`
      if (made) {
        const same = made.paymentId === input.paymentId && isSameMoney(made, input.amount)
        if (!same) throw new PaymentGatewayRefused('This idempotency key was used with other parameters.')
        return { id: made.id, status: made.status, amount: input.amount, failureReason: failureOf(made.status) }
      }
      const [before] = await transaction<{ total: string }[]>`
        select coalesce(sum(amount), 0) as total from test_vendors.refunds
        where payment_id = ${input.paymentId} and status <> 'failed'`
      assertMoney(input.amount)
      const left = Number(paid.amount) - Number(before?.total ?? 0)
      if (input.amount.currency !== paid.currency || input.amount.amount > left) {
        throw new PaymentGatewayRefused('More than is left of this payment, or another currency.')
      }
      const id = newId('tr')
      const status = refundsStartAs
      await transaction`
        insert into test_vendors.refunds (id, idempotency_key, payment_id, amount, currency, reason, status)
        values (${id}, ${input.idempotencyKey}, ${input.paymentId}, ${input.amount.amount}, ${input.amount.currency},
          ${input.reason}, ${status})`
      return { id, status, amount: input.amount, failureReason: null }
    })
  }
}

function failureOf(status: RefundStatus): string | null {
  return status === 'failed' ? 'The bank sent it back' : null
}

/** Nobody guesses it: whoever has the address may pay. */
function newId(kind: 'tc' | 'tp' | 'tr' | 'td'): string {
  return `${kind}_${randomBytes(18).toString('base64url')}`
}

function assertMoney({ amount, currency }: Money): void {
  if (!Number.isSafeInteger(amount) || amount <= 0)
    throw new PaymentGatewayRefused('The amount must be a positive integer.')
  if (!/^[A-Z]{3}$/.test(currency)) throw new PaymentGatewayRefused('The currency must be three capital letters.')
}

function assertCheckout(input: CheckoutInput, now: Date): void {
  assertMoney(input.amount)
  // 255: integrations.md, the table of repeat-safe keys.
  if (input.idempotencyKey === '' || input.idempotencyKey.length > 255) {
    throw new PaymentGatewayRefused('The idempotency key must have 1 to 255 characters.')
  }
  // Stripe also asks for 30 minutes at least; a repeat of a lost call comes later than that and must still be tried here.
  if (Number.isNaN(input.expiresAt.getTime()) || input.expiresAt.getTime() - now.getTime() > 24 * 60 * 60_000) {
    throw new PaymentGatewayRefused('The deadline must be within 24 hours.')
  }
  if (!/^https?:$/.test(new URL(input.returnUrl).protocol))
    throw new PaymentGatewayRefused('The return address must be http.')
}

function isSameCheckout(row: CheckoutRow, input: CheckoutInput): boolean {
  return (
    row.organizationId === input.organizationId &&
    row.bookingId === input.bookingId &&
    isSameMoney(row, input.amount) &&
    row.description === input.description &&
    row.customerEmail === input.customerEmail &&
    row.returnUrl === input.returnUrl &&
    new Date(row.expiresAt).getTime() === input.expiresAt.getTime()
  )
}

function isSameMoney(row: { amount: string; currency: string }, money: Money): boolean {
  return Number(row.amount) === money.amount && row.currency === money.currency
}
