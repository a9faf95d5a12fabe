CREATE TYPE "public"."dispute_status" AS ENUM('open', 'won', 'lost');--> statement-breakpoint
ALTER TYPE "public"."attention_reason" ADD VALUE 'payment_disputed' BEFORE 'paid_not_confirmed';--> statement-breakpoint
CREATE TABLE "disputes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"booking_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"provider_dispute_id" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"reason" text NOT NULL,
	"status" "dispute_status" NOT NULL,
	"respond_by" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "refunds_due_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "note" text;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "retries_refund_id" uuid;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "next_attempt_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "payout_lines" ADD COLUMN "no_show_percent" integer;--> statement-breakpoint
ALTER TABLE "payout_lines" ADD COLUMN "refund_id" uuid;--> statement-breakpoint
ALTER TABLE "payout_lines" ADD COLUMN "refund_effect" text;--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_organization_id_booking_id_bookings_organization_id_id_fk" FOREIGN KEY ("organization_id","booking_id") REFERENCES "public"."bookings"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_organization_id_payment_id_payments_organization_id_id_fk" FOREIGN KEY ("organization_id","payment_id") REFERENCES "public"."payments"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "disputes_provider_dispute_unique" ON "disputes" USING btree ("provider_dispute_id");--> statement-breakpoint
CREATE INDEX "disputes_of_booking" ON "disputes" USING btree ("booking_id","id");--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_scope" UNIQUE("organization_id","id");--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_organization_id_retries_refund_id_refunds_organization_id_id_fk" FOREIGN KEY ("organization_id","retries_refund_id") REFERENCES "public"."refunds"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_lines" ADD CONSTRAINT "payout_lines_organization_id_refund_id_refunds_organization_id_id_fk" FOREIGN KEY ("organization_id","refund_id") REFERENCES "public"."refunds"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "payments_refunds_due" ON "payments" USING btree (coalesce("refunds_due_at", "paid_at")) WHERE "payments"."state" = 'paid';--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_retried_once" ON "refunds" USING btree ("retries_refund_id");--> statement-breakpoint
CREATE INDEX "refunds_of_payment" ON "refunds" USING btree ("payment_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payout_lines_one_per_refund_effect" ON "payout_lines" USING btree ("refund_id","refund_effect") WHERE "payout_lines"."refund_id" is not null;--> statement-breakpoint
CREATE INDEX "payout_lines_of_booking" ON "payout_lines" USING btree ("booking_id","id");--> statement-breakpoint
ALTER TABLE "payout_lines" ADD CONSTRAINT "payout_lines_corrections_name_their_refund" CHECK (("payout_lines"."kind" = 'refund_correction') = ("payout_lines"."refund_id" is not null) and ("payout_lines"."refund_id" is null) = ("payout_lines"."refund_effect" is null));