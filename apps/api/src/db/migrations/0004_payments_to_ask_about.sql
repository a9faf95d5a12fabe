ALTER TABLE "refunds" ADD COLUMN "synced_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "bookings_awaiting_confirmation" ON "bookings" USING btree ("start_at") WHERE "bookings"."status" = 'pending_payment' and "bookings"."payment_status" = 'paid';--> statement-breakpoint
CREATE INDEX "payments_ended_unpaid" ON "payments" USING btree ("expires_at") WHERE "payments"."state" in ('expired', 'failed');--> statement-breakpoint
CREATE INDEX "refunds_under_way" ON "refunds" USING btree ("id") WHERE "refunds"."status" = 'pending';