CREATE TABLE "received_events" (
	"provider" text NOT NULL,
	"account" text NOT NULL,
	"event_id" text NOT NULL,
	"type" text NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "received_events_once" PRIMARY KEY("provider","account","event_id")
);
--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "asked_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "received_events_by_age" ON "received_events" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "payments_of_provider_payment" ON "payments" USING btree ("provider","provider_payment_id");