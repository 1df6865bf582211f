using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace UserManagement.Storage.Postgres.Migrations;

/// <summary>
/// Written by hand: a line of the audit log may lose what it says of people, and change in no other way. The target's name, the facts
/// before and after and their salt go together and for good, and only where a digest stays; the actor's name gives way to one word;
/// the sealer's columns are filled once.
/// </summary>
[DbContext(typeof(PostgresDb))]
[Migration("20261128185911_AuditMayBeErased")]
internal sealed class AuditMayBeErased : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE OR REPLACE FUNCTION audit_entries_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            open text[] := ARRAY['target_name', 'before', 'after', 'salt', 'actor_name', 'erased_at', 'sequence', 'digest', 'chain'];
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF to_jsonb(NEW) - open = to_jsonb(OLD) - open
                    AND (OLD.sequence IS NULL OR NEW.sequence IS NOT DISTINCT FROM OLD.sequence)
                    AND (OLD.digest IS NULL OR NEW.digest IS NOT DISTINCT FROM OLD.digest)
                    AND (OLD.chain IS NULL OR NEW.chain IS NOT DISTINCT FROM OLD.chain)
                    AND ((NEW.target_name, NEW."before", NEW."after", NEW.salt, NEW.actor_name, NEW.erased_at)
                            IS NOT DISTINCT FROM (OLD.target_name, OLD."before", OLD."after", OLD.salt, OLD.actor_name, OLD.erased_at)
                        OR (NEW.erased_at IS NOT NULL AND (OLD.erased_at IS NULL OR NEW.erased_at = OLD.erased_at)
                            AND ((NEW.target_name IS NULL AND NEW."before" IS NULL AND NEW."after" IS NULL AND NEW.salt IS NULL AND octet_length(NEW.digest) = 32
                                    AND NEW.actor_name IN (OLD.actor_name, 'erased'))
                                OR ((NEW.target_name, NEW."before", NEW."after", NEW.salt) IS NOT DISTINCT FROM (OLD.target_name, OLD."before", OLD."after", OLD.salt)
                                    AND NEW.actor_name = 'erased' AND OLD.actor_name <> 'erased'))))
                THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION 'audit_entries is append-only';
        END
        $$;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE OR REPLACE FUNCTION audit_entries_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['sequence', 'digest', 'chain'] = to_jsonb(OLD) - ARRAY['sequence', 'digest', 'chain'] THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'audit_entries is append-only';
        END
        $$;
        """);
}
