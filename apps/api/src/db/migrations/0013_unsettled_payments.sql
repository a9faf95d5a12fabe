-- Payments that were captured, and a quarter of an hour later are neither booked nor on their way back: always none. An
-- operator asks "select * from unsettled_payments()"; the product asks with its own clock (unsettled-payments.ts).
create function unsettled_payments(as_of timestamptz default now())
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
      back.sent_minor, back.is_beside_sent, back.is_waiting, back.is_missing, back.failed_at,
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
        coalesce(bool_or(r.status <> 'failed' and r.provider_refund_id is not null
          and r.reason in ('paid_twice', 'not_due', 'amount_mismatch', 'currency_mismatch')), false) as is_beside_sent,
        coalesce(bool_or(r.status = 'pending' and r.provider_refund_id is null), false) as is_waiting,
        coalesce(bool_or(r.status = 'failed' and not exists (
          select from refunds other where other.payment_id = r.payment_id and other.id <> r.id
            and (other.retries_refund_id = r.id or (other.status <> 'failed' and other.amount_minor >= r.amount_minor
              and other.created_at >= coalesce(r.settled_at, r.created_at))))), false) as is_missing,
        max(coalesce(r.settled_at, r.created_at)) filter (where r.status = 'failed') as failed_at
      from refunds r where r.organization_id = p.organization_id and r.payment_id = p.id
    ) back
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
  where greatest(m.paid_at, m.canceled_at, m.failed_at) <= as_of - interval '15 minutes'
    and not (
      m.sent_minor >= m.amount_minor
      or m.is_beside_sent
      or (coalesce(m.is_counted, false) and (
        m.booking_status in ('confirmed', 'completed', 'no_show')
        or (m.booking_status = 'pending_payment' and m.start_at > as_of)
        -- Booked once, and ended by the rules it was booked under, which may have kept some of the money.
        or (m.booking_status = 'canceled' and m.confirmed_at is not null and not m.is_waiting and not m.is_missing)
      ))
    )
  order by m.paid_at, m.id
$$;
