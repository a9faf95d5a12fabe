ALTER TABLE "mails" ADD COLUMN "calendar_sequence" integer;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "link_follows" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "mails" ADD COLUMN "send_after" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "side_effects_waiting" ON "side_effects" USING btree ("next_attempt_at") WHERE "side_effects"."next_attempt_at" is not null;--> statement-breakpoint
CREATE INDEX "mails_waiting" ON "mails" USING btree ("next_attempt_at") WHERE "mails"."next_attempt_at" is not null;--> statement-breakpoint
CREATE INDEX "mails_to_eligible_trainers" ON "mails" USING btree ("organization_id",coalesce("send_after", "created_at")) WHERE "mails"."template" = 'new_request';