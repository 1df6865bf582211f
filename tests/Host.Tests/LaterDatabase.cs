using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using UserManagement.Testing;

namespace UserManagement.Host.Tests;

/// <summary>
/// What a later version may have made of a database: columns, tables and a migration that this one does not know, later words
/// in every kind of row, later fields in every document. All of it is additive, as the migrations of a release are.
/// </summary>
internal static class LaterDatabase
{
    public const string Migration = "29990101000000_Later";

    /// <summary>Rows that hold something later, each as a query that counts it: what they count must never change.</summary>
    public static IReadOnlyList<string> Kept { get; } =
    [
        "SELECT count(*) FROM members WHERE state = 'Frozen' AND user_name = 'frank@acme.test'",
        "SELECT count(*) FROM members WHERE local_block = 'Quarantined' AND state = 'Suspended'",
        "SELECT count(*) FROM members WHERE document LIKE '%laterAttribute%'",
        "SELECT count(*) FROM groups WHERE document LIKE '%laterAttribute%'",
        "SELECT count(*) FROM tallies WHERE kind = 'Guests' AND used = 3",
        "SELECT sum(used) FROM tallies WHERE kind = 'State' AND \"key\" = 'Frozen'",
        "SELECT count(*) FROM grants WHERE kind = 'Quota' OR origin = 'Contract'",
        "SELECT count(*) FROM invitations WHERE stored = 'Parked'",
        "SELECT count(*) FROM invitations WHERE provider = 'Saml'",
        "SELECT count(*) FROM one_time_links WHERE kind = 'DeviceCode'",
        "SELECT count(*) FROM identity_connections WHERE kind = 'Saml' OR client_authentication = 'MutualTls'",
        "SELECT count(*) FROM sessions WHERE signed_in_by = 'wallet'",
        "SELECT count(*) FROM audit_entries WHERE actor_kind = 'Robot' OR door = 'Grpc'",
        "SELECT count(*) FROM outbox_messages WHERE kind = 'later.push' AND done_at IS NULL AND dead_at IS NULL",
        "SELECT count(*) FROM later_things",
    ];

    /// <summary>Makes it so.</summary>
    public static async Task MakeAsync(TestDatabase database)
    {
        await using var db = database.Source.Open();
        foreach (var table in db.Model.GetEntityTypes().Select(e => e.GetTableName()!))
        {
            await RunAsync(
                database,
                $"ALTER TABLE {table} ADD COLUMN later_note text",
                $"ALTER TABLE {table} ADD COLUMN later_count integer NOT NULL DEFAULT 7"
            );
        }

        await RunAsync(
            database,
            "CREATE TABLE later_things (id integer PRIMARY KEY, what text NOT NULL)",
            "INSERT INTO later_things (id, what) VALUES (1, 'a thing')",
            $"INSERT INTO \"__EFMigrationsHistory\" (\"MigrationId\", \"ProductVersion\") VALUES ('{Migration}', '99.0.0')",
            // somebody inactive becomes somebody frozen, and the count of the state follows
            "UPDATE members SET state = 'Frozen' WHERE user_name = 'frank@acme.test'",
            "UPDATE tallies SET used = used - 1 WHERE kind = 'State' AND \"key\" = 'Provisioned' AND slot = (SELECT min(slot) FROM tallies WHERE kind = 'State' AND \"key\" = 'Provisioned')",
            "INSERT INTO tallies (workspace_id, kind, \"key\", slot, used) SELECT id, 'State', 'Frozen', 0, 1 FROM workspaces WHERE slug = 'acme'",
            "INSERT INTO tallies (workspace_id, kind, \"key\", slot, used) SELECT id, 'Guests', '', 0, 3 FROM workspaces WHERE slug = 'acme'",
            "UPDATE members SET local_block = 'Quarantined' WHERE user_name = 'susan@acme.test'",
            "INSERT INTO grants (workspace_id, member_id, kind, origin, origin_id, value, given_by, given_at) SELECT workspace_id, id, 'Quota', 'Admin', '', 'ten', 'later', 1 FROM members WHERE user_name = 'bob@acme.test'",
            "INSERT INTO grants (workspace_id, member_id, kind, origin, origin_id, value, given_by, given_at) SELECT workspace_id, id, 'Role', 'Contract', '', 'viewer', 'later', 1 FROM members WHERE user_name = 'bob@acme.test'",
            "UPDATE invitations SET stored = 'Parked' WHERE user_name = 'parked@acme.test'",
            "UPDATE invitations SET provider = 'Saml' WHERE user_name = 'saml@acme.test'",
            "UPDATE identity_connections SET kind = 'Saml' WHERE name = 'Strange'",
            "UPDATE identity_connections SET client_authentication = 'MutualTls' WHERE name = 'Mutual'",
            """UPDATE members SET document = '{"urn:later:2.0:User":{"laterAttribute":{"deep":[1,{"a":null}]}},"laterAttribute":"x"}' WHERE user_name = 'bob@acme.test'""",
            """UPDATE groups SET document = '{"urn:later:2.0:Group":{"laterAttribute":[true]}}'"""
        );
        await WithIdAsync(
            database,
            "INSERT INTO one_time_links (id, account_id, kind, secret_hash, created_at, expires_at) SELECT @id, account_id, 'DeviceCode', @hash, created_at, expires_at FROM sessions LIMIT 1"
        );
        await WithIdAsync(
            database,
            "INSERT INTO sessions (id, secret_hash, account_id, signed_in_by, created_at, authenticated_at, expires_at) SELECT @id, @hash, account_id, 'wallet', created_at, authenticated_at, expires_at FROM sessions LIMIT 1"
        );
        await WithIdAsync(
            database,
            "INSERT INTO outbox_messages (id, subject, kind, about, created_at, due_at, tries) SELECT @id, 'all', 'later.push', @id, 1, 1, 0 FROM workspaces WHERE slug = 'acme'"
        );
        foreach (
            var (act, before, after) in new[]
            {
                ("later.done", "[1,2]", "\"text\""),
                ("group.membersChanged", """[{"a":1}]""", """{"added":[{"id":1},7,null]}"""),
                ("member.frozen", "no json", "{}"),
            }
        )
        {
            await WithIdAsync(
                database,
                $"INSERT INTO audit_entries (workspace_id, id, at, actor_kind, actor_name, door, act, target_kind, target_name, before, after, refused) SELECT id, @id, 1, 'Robot', 'R', 'Grpc', '{act}', 'laterKind', 'T', '{before}', '{after}', {(database.Kind == Database.Sqlite ? "0" : "false")} FROM workspaces WHERE slug = 'acme'"
            );
        }

        var acme = await db.Workspaces.SingleAsync(w => w.Slug == "acme");
        var configuration = JsonNode.Parse(acme.Configuration)!;
        Grow(configuration);
        configuration["shape"] = 9;
        configuration["capacity"]!["onFull"] = "queue";
        configuration["invitations"]!["resend"] = "twice";
        configuration["invitations"]!["providers"] = new JsonArray("any", "saml");
        configuration["memberList"]!["columns"]!.AsArray().Add("laterColumn");
        configuration["roles"]![0]!["permissions"]!.AsArray().Add("later.permission");
        var text = configuration.ToJsonString();
        await db
            .Workspaces.Where(w => w.Slug == "acme")
            .ExecuteUpdateAsync(s => s.SetProperty(w => w.Configuration, text).SetProperty(w => w.Version, w => w.Version + 1));
    }

    /// <summary>A field of a later version in every object, at every depth.</summary>
    public static void Grow(JsonNode? node)
    {
        if (node is JsonObject grown)
        {
            grown.Select(p => p.Value).ToList().ForEach(Grow);
            grown["ofALaterVersion"] = new JsonObject { ["deep"] = new JsonArray(1, "two", null) };
        }
        else if (node is JsonArray list)
        {
            list.ToList().ForEach(Grow);
        }
    }

    /// <summary>How much there is of what must be kept.</summary>
    public static async Task<IReadOnlyList<string>> CountAsync(TestDatabase database)
    {
        await using var db = database.Source.Open();
        await db.Database.OpenConnectionAsync();
        var counts = new List<string>();
        foreach (var query in Kept)
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = query;
            counts.Add($"{await command.ExecuteScalarAsync()}: {query}");
        }

        return counts;
    }

    private static async Task RunAsync(TestDatabase database, params string[] statements)
    {
        foreach (var statement in statements)
        {
            await WithIdAsync(database, statement);
        }
    }

    private static async Task WithIdAsync(TestDatabase database, string statement)
    {
        await using var db = database.Source.Open();
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = statement;
        foreach (
            var (name, value) in new (string, object)[]
            {
                ("@id", Guid.CreateVersion7()),
                ("@hash", Guid.CreateVersion7().ToByteArray()),
            }.Where(p => statement.Contains(p.Item1, StringComparison.Ordinal))
        )
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        await command.ExecuteNonQueryAsync();
    }
}
