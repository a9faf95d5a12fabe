-- An event changes once, when the relay numbers it; nothing else of it ever does, what it is about included.
drop trigger events_only_grow on events;
--> statement-breakpoint
create trigger events_only_grow before update on events for each row
  when (old.relayed_sequence is not null
    or (old.id, old.organization_id, old.name, old.training_request_id, old.booking_id, old.actor, old.payload, old.occurred_at)
      is distinct from
      (new.id, new.organization_id, new.name, new.training_request_id, new.booking_id, new.actor, new.payload, new.occurred_at))
  execute function refuse_change();
--> statement-breakpoint
-- Row triggers do not see a table emptied at once.
create trigger training_request_history_is_kept before truncate on training_request_history
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger booking_history_is_kept before truncate on booking_history
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger payout_lines_are_kept before truncate on payout_lines
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger events_are_not_emptied before truncate on events
  for each statement execute function refuse_change();
