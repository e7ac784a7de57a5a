-- The roles behind row-level security, once for each cluster, by a superuser, after diplomacy_owner and diplomacy_app.
-- Nobody signs in as one of them. The app switches into one for a transaction, and inherits nothing from it.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['diplomacy_office', 'diplomacy_federal', 'diplomacy_system', 'diplomacy_keeper'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I', role);
        END IF;
        EXECUTE format('ALTER ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION', role);
    END LOOP;
END $$;
-- Reads for an office's people, for federal readers, and for the product's own named work.
GRANT diplomacy_office, diplomacy_federal, diplomacy_system TO diplomacy_app WITH INHERIT FALSE, SET TRUE;
-- Owns the functions that look up, for a policy, what a second policy would have to ask the first one about.
GRANT diplomacy_keeper TO diplomacy_owner WITH INHERIT FALSE, SET TRUE;
-- What other connections ask, signed readers and texts among it, is not shown to this role's own (pg_stat_activity). Only a
-- superuser changes it: `ALTER ROLE diplomacy_app SET track_activities = on` for as long as somebody must look.
ALTER ROLE diplomacy_app SET track_activities = off;
-- Data migrations meet the same policies: they switch into this one.
GRANT diplomacy_system TO diplomacy_owner WITH INHERIT FALSE, SET TRUE;
