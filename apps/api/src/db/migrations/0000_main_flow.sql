CREATE TYPE "public"."schedule_type" AS ENUM('weekday_daytime', 'weekday_evening', 'weekend', 'custom');--> statement-breakpoint
CREATE TYPE "public"."booking_status" AS ENUM('pending_payment', 'confirmed', 'completed', 'canceled', 'expired', 'no_show');--> statement-breakpoint
CREATE TYPE "public"."payment_status" AS ENUM('not_required', 'unpaid', 'processing', 'paid', 'failed', 'refunded', 'partially_refunded');--> statement-breakpoint
CREATE TYPE "public"."calendar_provider" AS ENUM('test', 'google', 'microsoft');--> statement-breakpoint
CREATE TYPE "public"."delivery_state" AS ENUM('none', 'pending', 'ready', 'failed', 'unknown', 'hidden');--> statement-breakpoint
CREATE TYPE "public"."side_effect_kind" AS ENUM('customer_email', 'trainer_email', 'calendar_event', 'remote_session', 'webhook', 'feedback_email');--> statement-breakpoint
CREATE TYPE "public"."side_effect_state" AS ENUM('queued', 'running', 'done', 'retrying', 'failed', 'unknown', 'skipped');--> statement-breakpoint
CREATE TYPE "public"."form_version_status" AS ENUM('draft', 'published');--> statement-breakpoint
CREATE TYPE "public"."mail_recipient" AS ENUM('user', 'customer', 'support');--> statement-breakpoint
CREATE TYPE "public"."membership_role" AS ENUM('trainer', 'org_admin');--> statement-breakpoint
CREATE TYPE "public"."membership_status" AS ENUM('invited', 'active', 'inactive');--> statement-breakpoint
CREATE TYPE "public"."checkout_state" AS ENUM('creating', 'open', 'processing', 'paid', 'failed', 'expired');--> statement-breakpoint
CREATE TYPE "public"."refund_status" AS ENUM('pending', 'succeeded', 'failed');--> statement-breakpoint
CREATE TYPE "public"."payout_line_kind" AS ENUM('earned', 'refund_correction', 'adjustment', 'paid');--> statement-breakpoint
CREATE TYPE "public"."booking_token_purpose" AS ENUM('checkout_return', 'manage', 'feedback');--> statement-breakpoint
CREATE TYPE "public"."delivery_method" AS ENUM('zoho_assist', 'zoom', 'google_meet', 'teams', 'phone', 'manual_link');--> statement-breakpoint
CREATE TYPE "public"."session_type_status" AS ENUM('active', 'archived');--> statement-breakpoint
CREATE TYPE "public"."actor_kind" AS ENUM('user', 'customer', 'system', 'api_key');--> statement-breakpoint
CREATE TYPE "public"."attention_reason" AS ENUM('payment_not_honoured', 'refund_failed', 'paid_not_confirmed', 'calendar_conflict', 'side_effect_failed', 'calendar_unreadable', 'no_eligible_trainer', 'unclaimed', 'link_not_sent', 'customer_silent', 'not_completed');--> statement-breakpoint
CREATE TYPE "public"."request_priority" AS ENUM('low', 'normal', 'high');--> statement-breakpoint
CREATE TYPE "public"."request_status" AS ENUM('new', 'trainers_notified', 'claimed', 'customer_scheduling', 'pending_payment', 'confirmed', 'completed', 'canceled', 'expired');--> statement-breakpoint
CREATE TABLE "availability_rules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"schedule_type" "schedule_type" NOT NULL,
	"days_of_week" smallint[] NOT NULL,
	"start_local_time" text NOT NULL,
	"end_local_time" text NOT NULL,
	"durations_minutes" integer[] DEFAULT '{}' NOT NULL,
	"first_date" date,
	"last_date" date,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "blackouts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"start_date" date NOT NULL,
	"end_date" date NOT NULL,
	"start_local_time" text,
	"end_local_time" text,
	"reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "blackouts_dates_in_order" CHECK ("blackouts"."start_date" <= "blackouts"."end_date"),
	CONSTRAINT "blackouts_times_both_or_neither" CHECK (("blackouts"."start_local_time" is null) = ("blackouts"."end_local_time" is null))
);
--> statement-breakpoint
CREATE TABLE "booking_history" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"booking_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_kind" "actor_kind" NOT NULL,
	"actor_id" uuid,
	"from_status" "booking_status",
	"to_status" "booking_status" NOT NULL,
	"payment_status" "payment_status" NOT NULL,
	"reason" text
);
--> statement-breakpoint
CREATE TABLE "bookings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"training_request_id" uuid NOT NULL,
	"trainer_user_id" uuid NOT NULL,
	"session_type_id" uuid NOT NULL,
	"status" "booking_status" NOT NULL,
	"payment_status" "payment_status" NOT NULL,
	"start_at" timestamp (3) with time zone NOT NULL,
	"end_at" timestamp (3) with time zone NOT NULL,
	"duration_minutes" integer NOT NULL,
	"buffer_before_minutes" integer NOT NULL,
	"buffer_after_minutes" integer NOT NULL,
	"customer_time_zone" text NOT NULL,
	"price_minor" bigint NOT NULL,
	"paid_minor" bigint DEFAULT 0 NOT NULL,
	"refunded_minor" bigint DEFAULT 0 NOT NULL,
	"currency" text NOT NULL,
	"hold_expires_at" timestamp (3) with time zone,
	"cancellation_policy" jsonb NOT NULL,
	"delivery_method" "delivery_method" NOT NULL,
	"delivery_details" text,
	"calendar_sequence" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"paid_at" timestamp (3) with time zone,
	"confirmed_at" timestamp (3) with time zone,
	"completed_at" timestamp (3) with time zone,
	"canceled_at" timestamp (3) with time zone,
	"canceled_by" text,
	"cancel_reason" text,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "bookings_scope" UNIQUE("organization_id","id"),
	CONSTRAINT "bookings_times_in_order" CHECK ("bookings"."start_at" < "bookings"."end_at"),
	CONSTRAINT "bookings_amounts_not_negative" CHECK ("bookings"."price_minor" >= 0 and "bookings"."paid_minor" >= 0 and "bookings"."refunded_minor" >= 0),
	CONSTRAINT "bookings_refund_within_paid" CHECK ("bookings"."refunded_minor" <= "bookings"."paid_minor")
);
--> statement-breakpoint
CREATE TABLE "calendar_connections" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"provider" "calendar_provider" NOT NULL,
	"label" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"disconnected_at" timestamp (3) with time zone,
	CONSTRAINT "calendar_connections_provider_unique" UNIQUE("user_id","provider")
);
--> statement-breakpoint
CREATE TABLE "calendar_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"booking_id" uuid NOT NULL,
	"calendar_connection_id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"join_url_sealed" "bytea",
	"created_at" timestamp (3) with time zone NOT NULL,
	"removed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "remote_sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"booking_id" uuid NOT NULL,
	"state" "delivery_state" NOT NULL,
	"external_id" text,
	"technician_url_sealed" "bytea",
	"customer_url_sealed" "bytea",
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "side_effects" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"booking_id" uuid NOT NULL,
	"event_id" uuid NOT NULL,
	"kind" "side_effect_kind" NOT NULL,
	"state" "side_effect_state" NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"next_attempt_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"done_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid,
	"name" text NOT NULL,
	"training_request_id" uuid,
	"booking_id" uuid,
	"actor" jsonb NOT NULL,
	"payload" jsonb NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"relayed_sequence" bigint,
	"relayed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "idempotent_answers" (
	"scope_digest" "bytea" NOT NULL,
	"key" text NOT NULL,
	"body_digest" "bytea" NOT NULL,
	"status" integer,
	"body_sealed" "bytea",
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotent_answers_scope_digest_key_pk" PRIMARY KEY("scope_digest","key")
);
--> statement-breakpoint
CREATE TABLE "feedback" (
	"booking_id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"rating" smallint NOT NULL,
	"comment" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "feedback_rating_in_bounds" CHECK ("feedback"."rating" between 1 and 5)
);
--> statement-breakpoint
CREATE TABLE "form_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"form_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"status" "form_version_status" NOT NULL,
	"title" text NOT NULL,
	"introduction" text,
	"sections" jsonb NOT NULL,
	"routing" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"published_at" timestamp (3) with time zone,
	CONSTRAINT "form_versions_scope" UNIQUE("organization_id","id"),
	CONSTRAINT "form_versions_number_unique" UNIQUE("form_id","version")
);
--> statement-breakpoint
CREATE TABLE "forms" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"slug" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "forms_scope" UNIQUE("organization_id","id"),
	CONSTRAINT "forms_slug_unique" UNIQUE("organization_id","slug")
);
--> statement-breakpoint
CREATE TABLE "refresh_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sign_in_id" uuid NOT NULL,
	"digest" "bytea" NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "sign_ins" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	"revoked_reason" text
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"password_hash" text,
	"first_name" text NOT NULL,
	"last_name" text NOT NULL,
	"time_zone" text,
	"locale" text DEFAULT 'en' NOT NULL,
	"email_verified_at" timestamp (3) with time zone,
	"notification_preferences" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mails" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"event_id" uuid NOT NULL,
	"template" text NOT NULL,
	"recipient" "mail_recipient" NOT NULL,
	"recipient_user_id" uuid,
	"training_request_id" uuid,
	"booking_id" uuid,
	"scheduling_token_id" uuid,
	"side_effect_kind" "side_effect_kind",
	"state" "side_effect_state" NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"next_attempt_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"done_at" timestamp (3) with time zone,
	CONSTRAINT "mails_once_per_event" UNIQUE NULLS NOT DISTINCT("event_id","template","recipient","recipient_user_id")
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"name" text NOT NULL,
	"digest" "bytea" NOT NULL,
	"prefix" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_by_user_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"organization_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" "membership_role" NOT NULL,
	"can_train" boolean DEFAULT false NOT NULL,
	"skills" text[] DEFAULT '{}' NOT NULL,
	"payout_share_percent" numeric(5, 2),
	"status" "membership_status" DEFAULT 'active' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "memberships_organization_id_user_id_pk" PRIMARY KEY("organization_id","user_id"),
	CONSTRAINT "memberships_payout_share_in_bounds" CHECK ("memberships"."payout_share_percent" between 0 and 100)
);
--> statement-breakpoint
CREATE TABLE "organization_slugs" (
	"slug" text PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organizations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"locale" text DEFAULT 'en' NOT NULL,
	"settings" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"booking_id" uuid NOT NULL,
	"provider" text NOT NULL,
	"attempt" integer NOT NULL,
	"idempotency_key" text NOT NULL,
	"state" "checkout_state" NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"provider_checkout_id" text,
	"checkout_url" text,
	"provider_payment_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"paid_at" timestamp (3) with time zone,
	"synced_at" timestamp (3) with time zone,
	CONSTRAINT "payments_scope" UNIQUE("organization_id","id"),
	CONSTRAINT "payments_attempt_unique" UNIQUE("booking_id","attempt"),
	CONSTRAINT "payments_amount_positive" CHECK ("payments"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "refunds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"booking_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"status" "refund_status" NOT NULL,
	"reason" text NOT NULL,
	"provider_refund_id" text,
	"last_error" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "refunds_amount_positive" CHECK ("refunds"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "payout_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"booking_id" uuid NOT NULL,
	"trainer_user_id" uuid NOT NULL,
	"kind" "payout_line_kind" NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"share_percent" numeric(5, 2) NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "booking_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"booking_id" uuid NOT NULL,
	"purpose" "booking_token_purpose" NOT NULL,
	"key_id" text NOT NULL,
	"nonce" "bytea" NOT NULL,
	"digest" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "scheduling_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"training_request_id" uuid NOT NULL,
	"trainer_user_id" uuid NOT NULL,
	"key_id" text NOT NULL,
	"nonce" "bytea" NOT NULL,
	"digest" "bytea" NOT NULL,
	"sent_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"end_reason" text,
	"new_link_requested_at" timestamp (3) with time zone,
	"times_requested_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "session_type_prices" (
	"organization_id" uuid NOT NULL,
	"session_type_id" uuid NOT NULL,
	"duration_minutes" integer NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	CONSTRAINT "session_type_prices_session_type_id_duration_minutes_pk" PRIMARY KEY("session_type_id","duration_minutes"),
	CONSTRAINT "session_type_prices_not_negative" CHECK ("session_type_prices"."amount_minor" >= 0)
);
--> statement-breakpoint
CREATE TABLE "session_types" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"durations_minutes" integer[] NOT NULL,
	"delivery_method" "delivery_method" NOT NULL,
	"delivery_details" text,
	"status" "session_type_status" DEFAULT 'active' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "session_types_scope" UNIQUE("organization_id","id"),
	CONSTRAINT "session_types_name_unique" UNIQUE("organization_id","name")
);
--> statement-breakpoint
CREATE TABLE "attention_causes" (
	"organization_id" uuid NOT NULL,
	"training_request_id" uuid NOT NULL,
	"reason" "attention_reason" NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"hidden_at" timestamp (3) with time zone,
	CONSTRAINT "attention_causes_training_request_id_reason_pk" PRIMARY KEY("training_request_id","reason")
);
--> statement-breakpoint
CREATE TABLE "training_request_history" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"training_request_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_kind" "actor_kind" NOT NULL,
	"actor_id" uuid,
	"from_status" "request_status",
	"to_status" "request_status" NOT NULL,
	"occasion" text NOT NULL,
	"reason" text
);
--> statement-breakpoint
CREATE TABLE "training_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"reference" text NOT NULL,
	"status" "request_status" NOT NULL,
	"form_version_id" uuid NOT NULL,
	"session_type_id" uuid NOT NULL,
	"required_skills" text[] NOT NULL,
	"priority" "request_priority" NOT NULL,
	"category" text,
	"customer_name" text NOT NULL,
	"customer_email" text NOT NULL,
	"customer_phone" text,
	"customer_time_zone" text,
	"customer_locale" text DEFAULT 'en' NOT NULL,
	"answers" jsonb NOT NULL,
	"claimed_by_user_id" uuid,
	"claimed_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "training_requests_scope" UNIQUE("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "availability_rules" ADD CONSTRAINT "availability_rules_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blackouts" ADD CONSTRAINT "blackouts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "booking_history" ADD CONSTRAINT "booking_history_organization_id_booking_id_bookings_organization_id_id_fk" FOREIGN KEY ("organization_id","booking_id") REFERENCES "public"."bookings"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_organization_id_training_request_id_training_requests_organization_id_id_fk" FOREIGN KEY ("organization_id","training_request_id") REFERENCES "public"."training_requests"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_organization_id_trainer_user_id_memberships_organization_id_user_id_fk" FOREIGN KEY ("organization_id","trainer_user_id") REFERENCES "public"."memberships"("organization_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_organization_id_session_type_id_session_types_organization_id_id_fk" FOREIGN KEY ("organization_id","session_type_id") REFERENCES "public"."session_types"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calendar_connections" ADD CONSTRAINT "calendar_connections_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calendar_events" ADD CONSTRAINT "calendar_events_calendar_connection_id_calendar_connections_id_fk" FOREIGN KEY ("calendar_connection_id") REFERENCES "public"."calendar_connections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calendar_events" ADD CONSTRAINT "calendar_events_organization_id_booking_id_bookings_organization_id_id_fk" FOREIGN KEY ("organization_id","booking_id") REFERENCES "public"."bookings"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remote_sessions" ADD CONSTRAINT "remote_sessions_organization_id_booking_id_bookings_organization_id_id_fk" FOREIGN KEY ("organization_id","booking_id") REFERENCES "public"."bookings"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "side_effects" ADD CONSTRAINT "side_effects_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "side_effects" ADD CONSTRAINT "side_effects_organization_id_booking_id_bookings_organization_id_id_fk" FOREIGN KEY ("organization_id","booking_id") REFERENCES "public"."bookings"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_organization_id_booking_id_bookings_organization_id_id_fk" FOREIGN KEY ("organization_id","booking_id") REFERENCES "public"."bookings"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "form_versions" ADD CONSTRAINT "form_versions_organization_id_form_id_forms_organization_id_id_fk" FOREIGN KEY ("organization_id","form_id") REFERENCES "public"."forms"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "forms" ADD CONSTRAINT "forms_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_sign_in_id_sign_ins_id_fk" FOREIGN KEY ("sign_in_id") REFERENCES "public"."sign_ins"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_ins" ADD CONSTRAINT "sign_ins_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_recipient_user_id_users_id_fk" FOREIGN KEY ("recipient_user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_scheduling_token_id_scheduling_tokens_id_fk" FOREIGN KEY ("scheduling_token_id") REFERENCES "public"."scheduling_tokens"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_organization_id_training_request_id_training_requests_organization_id_id_fk" FOREIGN KEY ("organization_id","training_request_id") REFERENCES "public"."training_requests"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_organization_id_booking_id_bookings_organization_id_id_fk" FOREIGN KEY ("organization_id","booking_id") REFERENCES "public"."bookings"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_created_by_user_id_users_id_fk" FOREIGN KEY ("created_by_user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organization_slugs" ADD CONSTRAINT "organization_slugs_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_organization_id_booking_id_bookings_organization_id_id_fk" FOREIGN KEY ("organization_id","booking_id") REFERENCES "public"."bookings"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_organization_id_booking_id_bookings_organization_id_id_fk" FOREIGN KEY ("organization_id","booking_id") REFERENCES "public"."bookings"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_organization_id_payment_id_payments_organization_id_id_fk" FOREIGN KEY ("organization_id","payment_id") REFERENCES "public"."payments"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_lines" ADD CONSTRAINT "payout_lines_organization_id_booking_id_bookings_organization_id_id_fk" FOREIGN KEY ("organization_id","booking_id") REFERENCES "public"."bookings"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "booking_tokens" ADD CONSTRAINT "booking_tokens_organization_id_booking_id_bookings_organization_id_id_fk" FOREIGN KEY ("organization_id","booking_id") REFERENCES "public"."bookings"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scheduling_tokens" ADD CONSTRAINT "scheduling_tokens_organization_id_training_request_id_training_requests_organization_id_id_fk" FOREIGN KEY ("organization_id","training_request_id") REFERENCES "public"."training_requests"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session_type_prices" ADD CONSTRAINT "session_type_prices_organization_id_session_type_id_session_types_organization_id_id_fk" FOREIGN KEY ("organization_id","session_type_id") REFERENCES "public"."session_types"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session_types" ADD CONSTRAINT "session_types_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attention_causes" ADD CONSTRAINT "attention_causes_organization_id_training_request_id_training_requests_organization_id_id_fk" FOREIGN KEY ("organization_id","training_request_id") REFERENCES "public"."training_requests"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_request_history" ADD CONSTRAINT "training_request_history_organization_id_training_request_id_training_requests_organization_id_id_fk" FOREIGN KEY ("organization_id","training_request_id") REFERENCES "public"."training_requests"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_requests" ADD CONSTRAINT "training_requests_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_requests" ADD CONSTRAINT "training_requests_organization_id_form_version_id_form_versions_organization_id_id_fk" FOREIGN KEY ("organization_id","form_version_id") REFERENCES "public"."form_versions"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_requests" ADD CONSTRAINT "training_requests_organization_id_session_type_id_session_types_organization_id_id_fk" FOREIGN KEY ("organization_id","session_type_id") REFERENCES "public"."session_types"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_requests" ADD CONSTRAINT "training_requests_organization_id_claimed_by_user_id_memberships_organization_id_user_id_fk" FOREIGN KEY ("organization_id","claimed_by_user_id") REFERENCES "public"."memberships"("organization_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "availability_rules_user" ON "availability_rules" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "blackouts_user" ON "blackouts" USING btree ("user_id","end_date");--> statement-breakpoint
CREATE INDEX "booking_history_of_booking" ON "booking_history" USING btree ("booking_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "bookings_one_open_per_request" ON "bookings" USING btree ("training_request_id") WHERE "bookings"."status" in ('pending_payment', 'confirmed');--> statement-breakpoint
CREATE INDEX "bookings_of_request" ON "bookings" USING btree ("training_request_id","id");--> statement-breakpoint
CREATE INDEX "bookings_open_of_trainer" ON "bookings" USING btree ("trainer_user_id","start_at") WHERE "bookings"."status" in ('pending_payment', 'confirmed');--> statement-breakpoint
CREATE INDEX "bookings_of_trainer" ON "bookings" USING btree ("organization_id","trainer_user_id","start_at","id");--> statement-breakpoint
CREATE INDEX "bookings_of_organization" ON "bookings" USING btree ("organization_id","start_at","id");--> statement-breakpoint
CREATE INDEX "bookings_holds_ending" ON "bookings" USING btree ("hold_expires_at") WHERE "bookings"."status" = 'pending_payment' and "bookings"."hold_expires_at" is not null;--> statement-breakpoint
CREATE INDEX "calendar_connections_user" ON "calendar_connections" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "calendar_events_one_per_booking" ON "calendar_events" USING btree ("booking_id") WHERE "calendar_events"."removed_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "remote_sessions_one_per_booking" ON "remote_sessions" USING btree ("booking_id");--> statement-breakpoint
CREATE UNIQUE INDEX "side_effects_once_per_event" ON "side_effects" USING btree ("event_id","kind");--> statement-breakpoint
CREATE INDEX "side_effects_of_booking" ON "side_effects" USING btree ("booking_id","id");--> statement-breakpoint
CREATE INDEX "events_unrelayed" ON "events" USING btree ("id") WHERE "events"."relayed_sequence" is null;--> statement-breakpoint
CREATE INDEX "events_relayed" ON "events" USING btree ("relayed_sequence");--> statement-breakpoint
CREATE INDEX "events_of_request" ON "events" USING btree ("organization_id","training_request_id","id");--> statement-breakpoint
CREATE INDEX "idempotent_answers_ending" ON "idempotent_answers" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "feedback_of_organization" ON "feedback" USING btree ("organization_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "form_versions_one_draft" ON "form_versions" USING btree ("form_id") WHERE "form_versions"."status" = 'draft';--> statement-breakpoint
CREATE UNIQUE INDEX "refresh_tokens_digest_unique" ON "refresh_tokens" USING btree ("digest");--> statement-breakpoint
CREATE INDEX "refresh_tokens_sign_in" ON "refresh_tokens" USING btree ("sign_in_id");--> statement-breakpoint
CREATE INDEX "sign_ins_user" ON "sign_ins" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_unique" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "mails_of_request" ON "mails" USING btree ("training_request_id","id");--> statement-breakpoint
CREATE INDEX "mails_of_booking" ON "mails" USING btree ("booking_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_digest_unique" ON "api_keys" USING btree ("digest");--> statement-breakpoint
CREATE INDEX "api_keys_organization" ON "api_keys" USING btree ("organization_id","created_at");--> statement-breakpoint
CREATE INDEX "memberships_user" ON "memberships" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "organizations_slug_unique" ON "organizations" USING btree ("slug");--> statement-breakpoint
CREATE UNIQUE INDEX "payments_provider_checkout_unique" ON "payments" USING btree ("provider","provider_checkout_id");--> statement-breakpoint
CREATE INDEX "payments_open" ON "payments" USING btree ("expires_at") WHERE "payments"."state" in ('creating', 'open', 'processing');--> statement-breakpoint
CREATE INDEX "refunds_of_booking" ON "refunds" USING btree ("booking_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_provider_refund_unique" ON "refunds" USING btree ("provider_refund_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payout_lines_one_earned_per_booking" ON "payout_lines" USING btree ("booking_id") WHERE "payout_lines"."kind" = 'earned';--> statement-breakpoint
CREATE INDEX "payout_lines_of_trainer" ON "payout_lines" USING btree ("organization_id","trainer_user_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "booking_tokens_digest_unique" ON "booking_tokens" USING btree ("digest");--> statement-breakpoint
CREATE UNIQUE INDEX "booking_tokens_one_per_purpose" ON "booking_tokens" USING btree ("booking_id","purpose");--> statement-breakpoint
CREATE UNIQUE INDEX "scheduling_tokens_digest_unique" ON "scheduling_tokens" USING btree ("digest");--> statement-breakpoint
CREATE UNIQUE INDEX "scheduling_tokens_one_active" ON "scheduling_tokens" USING btree ("training_request_id") WHERE "scheduling_tokens"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "scheduling_tokens_of_request" ON "scheduling_tokens" USING btree ("training_request_id","id");--> statement-breakpoint
CREATE INDEX "attention_causes_open" ON "attention_causes" USING btree ("organization_id","reason") WHERE "attention_causes"."hidden_at" is null;--> statement-breakpoint
CREATE INDEX "training_request_history_of_request" ON "training_request_history" USING btree ("training_request_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "training_requests_reference_unique" ON "training_requests" USING btree ("reference");--> statement-breakpoint
CREATE INDEX "training_requests_recent" ON "training_requests" USING btree ("organization_id","id");--> statement-breakpoint
CREATE INDEX "training_requests_by_status" ON "training_requests" USING btree ("organization_id","status","id");--> statement-breakpoint
CREATE INDEX "training_requests_by_trainer" ON "training_requests" USING btree ("organization_id","claimed_by_user_id","id") WHERE "training_requests"."claimed_by_user_id" is not null;--> statement-breakpoint
CREATE INDEX "training_requests_unclaimed" ON "training_requests" USING btree ("organization_id","id") WHERE "training_requests"."status" in ('new', 'trainers_notified');