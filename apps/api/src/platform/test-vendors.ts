import postgres from 'postgres'

/**
 * Makes the tables in which the built-in test vendors (checkout, calendar, remote sessions) remember what they were
 * asked. They lie in a schema of their own and are written over connections of their own: like a real vendor they never
 * take part in the product's transactions, and no table of the product refers to them.
 *
 * Safe to call at every start and by several processes at once. `target` is a database URL or an open client; both must
 * be allowed to create a schema.
 */
export async function prepareTestVendors(target: string | postgres.Sql): Promise<void> {
  const sql = typeof target === 'string' ? postgres(target, { max: 1, onnotice: () => undefined }) : target
  try {
    await sql.begin(async (transaction) => {
      // "if not exists" still collides when two processes create at the same moment.
      await transaction`select pg_advisory_xact_lock(hashtextextended('ordinatus test vendors', 0))`
      const [found] = await transaction`select to_regclass('test_vendors.remote_sessions') is not null as made`
      if (found?.made !== true) await transaction.unsafe(TABLES)
    })
  } finally {
    if (typeof target === 'string') await sql.end()
  }
}

// remote_sessions comes last: where it is, all are.
const TABLES = `
create schema if not exists test_vendors;

create table if not exists test_vendors.checkouts (
  id text primary key,
  idempotency_key text not null unique,
  organization_id text not null,
  booking_id text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  description text not null,
  customer_email text not null,
  expires_at timestamptz not null,
  return_url text not null,
  status text not null default 'open' check (status in ('open', 'complete', 'expired')),
  payment_id text unique check ((payment_id is not null) = (status = 'complete')),
  declined_times integer not null default 0,
  notify_at timestamptz
);
create index if not exists checkouts_to_notify on test_vendors.checkouts (notify_at) where notify_at is not null;

create table if not exists test_vendors.refunds (
  id text primary key,
  idempotency_key text not null unique,
  payment_id text not null references test_vendors.checkouts (payment_id),
  amount bigint not null check (amount > 0),
  currency text not null,
  reason text not null,
  status text not null check (status in ('pending', 'succeeded', 'failed'))
);
create index if not exists refunds_of_payment on test_vendors.refunds (payment_id);

create table if not exists test_vendors.calendars (
  user_id text primary key,
  readable boolean not null
);

create table if not exists test_vendors.calendar_events (
  id text primary key,
  user_id text not null,
  connection_id text,
  booking_id text,
  kind text not null check (kind in ('busy', 'out_of_office')),
  title text not null,
  description text not null,
  start_at timestamptz not null,
  end_at timestamptz not null check (end_at > start_at),
  time_zone text not null,
  location text,
  updates integer not null default 0,
  unique (connection_id, booking_id)
);
create index if not exists calendar_events_of_user on test_vendors.calendar_events (user_id, start_at);

create table if not exists test_vendors.remote_sessions (
  id text primary key,
  organization_id text not null,
  booking_id text not null,
  technician_key text not null unique,
  customer_key text not null unique,
  title text not null,
  customer_email text not null,
  start_at timestamptz not null,
  end_at timestamptz not null,
  time_zone text not null,
  removed boolean not null default false
);
`
