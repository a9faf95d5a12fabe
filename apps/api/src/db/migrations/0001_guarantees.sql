-- What drizzle cannot say: the guarantees that hold whatever the code does.

create extension if not exists btree_gist;
--> statement-breakpoint
-- Never two open bookings of one trainer at overlapping times, in any organization (product.md §3). Touching ends are
-- two bookings. The constraint cannot see the clock: writers expire lapsed holds first, under the trainer's lock.
alter table bookings add constraint bookings_no_overlap
  exclude using gist (trainer_user_id with =, tstzrange(start_at, end_at, '[)') with &&)
  where (status in ('pending_payment', 'confirmed'));
--> statement-breakpoint
-- Numbers events in the order of the relay's commits.
create sequence events_relayed_sequence as bigint;
--> statement-breakpoint
-- Rows that say what happened are added, never changed or removed.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% rows are only ever added', tg_table_name using errcode = 'restrict_violation';
end $$;
--> statement-breakpoint
create trigger training_request_history_only_grows before update or delete on training_request_history
  for each row execute function refuse_change();
--> statement-breakpoint
create trigger booking_history_only_grows before update or delete on booking_history
  for each row execute function refuse_change();
--> statement-breakpoint
create trigger payout_lines_only_grow before update or delete on payout_lines
  for each row execute function refuse_change();
--> statement-breakpoint
-- An event changes once, when the relay numbers it; nothing else of it ever does.
create trigger events_only_grow before update on events for each row
  when (old.relayed_sequence is not null
    or (old.id, old.name, old.actor, old.payload, old.occurred_at) is distinct from (new.id, new.name, new.actor, new.payload, new.occurred_at)
    or old.organization_id is distinct from new.organization_id)
  execute function refuse_change();
--> statement-breakpoint
create trigger events_are_kept before delete on events for each row execute function refuse_change();
--> statement-breakpoint
-- A request keeps the version that it answered (product.md §4).
create trigger published_form_versions_never_change before update or delete on form_versions for each row
  when (old.status = 'published') execute function refuse_change();
