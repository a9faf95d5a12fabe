CREATE TYPE "public"."integration_kind" AS ENUM('stripe');--> statement-breakpoint
CREATE TYPE "public"."integration_mode" AS ENUM('test', 'live');--> statement-breakpoint
CREATE TYPE "public"."integration_status" AS ENUM('connected', 'disconnected');--> statement-breakpoint
CREATE TABLE "integrations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"kind" "integration_kind" NOT NULL,
	"status" "integration_status" NOT NULL,
	"mode" "integration_mode" NOT NULL,
	"account_id" text,
	"account_label" text,
	"secret_key_sealed" "bytea" NOT NULL,
	"secret_key_masked" text NOT NULL,
	"webhook_secret_sealed" "bytea",
	"webhook_secret_masked" text,
	"previous_webhook_secret_sealed" "bytea",
	"previous_webhook_secret_until" timestamp (3) with time zone,
	"last_error" text,
	"connected_by_user_id" uuid NOT NULL,
	"connected_at" timestamp (3) with time zone NOT NULL,
	"disconnected_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "integrations_scope" UNIQUE("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "integration_id" uuid;--> statement-breakpoint
ALTER TABLE "integrations" ADD CONSTRAINT "integrations_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "integrations" ADD CONSTRAINT "integrations_connected_by_user_id_users_id_fk" FOREIGN KEY ("connected_by_user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "integrations_one_connected" ON "integrations" USING btree ("organization_id","kind") WHERE "integrations"."status" = 'connected';--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_organization_id_integration_id_integrations_organization_id_id_fk" FOREIGN KEY ("organization_id","integration_id") REFERENCES "public"."integrations"("organization_id","id") ON DELETE no action ON UPDATE no action;