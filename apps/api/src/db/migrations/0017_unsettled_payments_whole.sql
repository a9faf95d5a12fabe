-- As before, but money has gone back only when all of it has: through refunds that the provider has taken on, or through
-- the bank in a dispute that was lost. A part of money that never was the booking's price excuses nothing any more.
-- The reasons are those of domain/payment.ts (unsettled-payments.test.ts compares them).
create or replace function unsettled_payments(as_of timestamptz default now())
returns table (
  organization_id uuid,
  payment_id uuid,
  booking_id uuid,
  reference text,
  provider text,
  provider_payment_id text,
  amount_minor bigint,
  currency text,
  paid_at timestamptz,
  why text
)
language sql stable as $$
  with money as (
    select p.*, b.status as booking_status, b.confirmed_at, b.canceled_at, b.start_at, b.training_request_id,
      -- What was captured, where it was not what was asked: the refund of it says how much.
      coalesce(back.mismatch_minor, p.amount_minor) as captured_minor,
      back.sent_minor + bank.lost_minor as gone_minor, back.is_waiting, back.is_missing, back.waiting_at, back.failed_at,
      -- The attempt whose money is the price of its booking; any other one has to go back.
      p.id = (
        select counted.id from payments counted
        where counted.booking_id = p.booking_id and counted.state = 'paid' and not exists (
          select from refunds beside where beside.payment_id = counted.id
            and beside.reason in ('paid_twice', 'not_due', 'amount_mismatch', 'currency_mismatch'))
        order by counted.attempt desc limit 1
      ) as is_counted
    from payments p
    join bookings b on b.organization_id = p.organization_id and b.id = p.booking_id
    cross join lateral (
      select
        coalesce(sum(r.amount_minor) filter (where r.status <> 'failed' and r.provider_refund_id is not null), 0) as sent_minor,
        max(r.amount_minor) filter (where r.reason in ('amount_mismatch', 'currency_mismatch')) as mismatch_minor,
        coalesce(bool_or(r.status = 'pending' and r.provider_refund_id is null), false) as is_waiting,
        coalesce(bool_or(r.status = 'failed' and not exists (
          select from refunds other where other.payment_id = r.payment_id and other.id <> r.id
            and (other.retries_refund_id = r.id or (other.status <> 'failed' and other.amount_minor >= r.amount_minor
              and other.created_at >= coalesce(r.settled_at, r.created_at)))
        ) and not exists (
          select from disputes d where d.payment_id = r.payment_id and d.status = 'lost'
            and d.amount_minor >= r.amount_minor and d.closed_at >= coalesce(r.settled_at, r.created_at)
        )), false) as is_missing,
        min(r.created_at) filter (where r.status = 'pending' and r.provider_refund_id is null) as waiting_at,
        max(coalesce(r.settled_at, r.created_at)) filter (where r.status = 'failed') as failed_at
      from refunds r where r.organization_id = p.organization_id and r.payment_id = p.id
    ) back
    cross join lateral (
      select coalesce(sum(d.amount_minor) filter (where d.status = 'lost'), 0) as lost_minor
      from disputes d where d.organization_id = p.organization_id and d.payment_id = p.id
    ) bank
    where p.state = 'paid'
  )
  select m.organization_id, m.id, m.booking_id, t.reference, m.provider, m.provider_payment_id, m.amount_minor, m.currency,
    m.paid_at,
    case
      when m.is_waiting then 'The refund has not been taken on by the provider.'
      when m.is_missing then 'The refund failed, and nothing was sent in its place.'
      when not coalesce(m.is_counted, false) then 'The booking counts another payment, and this one has not gone back.'
      else 'The booking is ' || m.booking_status || ', and the payment has not gone back.'
    end
  from money m
  join training_requests t on t.organization_id = m.organization_id and t.id = m.training_request_id
  where greatest(m.paid_at, m.canceled_at, m.failed_at, m.waiting_at) <= as_of - interval '15 minutes'
    and not (
      m.gone_minor >= m.captured_minor
      or (coalesce(m.is_counted, false) and (
        m.booking_status in ('confirmed', 'completed', 'no_show')
        or (m.booking_status = 'pending_payment' and m.start_at > as_of)
        -- Booked once, and ended by the rules it was booked under, which may have kept some of the money.
        or (m.booking_status = 'canceled' and m.confirmed_at is not null and not m.is_waiting and not m.is_missing)
      ))
    )
  order by m.paid_at, m.id
$$;
