namespace UserManagement.Storage.Postgres;

/// <summary>Where a table lies on a distributed PostgreSQL (Citus).</summary>
public enum TablePlace
{
    /// <summary>
    /// Cut by <see cref="TablePlaces.Column"/>, all in the same way: what belongs to one workspace lies on one machine. Its primary key and
    /// unique indexes hold that column; what reads or writes it names the workspace.
    /// </summary>
    Distributed,

    /// <summary>
    /// Whole on each machine: few rows, seldom changed, found by something else than their workspace, or joined with what is cut.
    /// </summary>
    Reference,

    /// <summary>
    /// On the coordinator alone: of persons and of the installation, who belong to no one workspace, and what hangs on them.
    /// </summary>
    Local,
}

/// <summary>
/// The place of each table on Citus, the one list: <c>deploy/citus/distribute.sql</c> is written from it, <c>migrate</c> looks for tables
/// that lie elsewhere, and the tests hold keys, references and statements to it. Nothing here concerns a plain PostgreSQL.
/// </summary>
public static class TablePlaces
{
    /// <summary>The column by which tables are cut.</summary>
    public const string Column = "workspace_id";

    /// <summary>The table with which all that are cut lie together.</summary>
    public const string First = "members";

    /// <summary>EF's list of migrations: read by <c>migrate</c> alone, a plain table of the coordinator.</summary>
    public const string Migrations = "__EFMigrationsHistory";

    /// <summary>Each table's place, in the order in which they are brought there: what is referred to before what refers.</summary>
    public static IReadOnlyList<(string Table, TablePlace Place)> All { get; } =
    [
        .. Of(
            TablePlace.Reference,
            "workspaces", // joined by each request
            "scim_credentials", // found by the hash of a token
            "api_keys", // likewise
            "identity_connections", // found by id alone, by sessions and sign-ins
            "invite_links", // found by the hash of a link
            "email_domains", // found by name, across workspaces
            "portal_links" // found by the hash of a link, and by id alone
        ),
        .. Of(
            TablePlace.Distributed,
            First,
            "member_keys",
            "grants",
            "member_activities",
            "member_terms",
            "groups",
            "group_members",
            "group_rules",
            "rule_runs",
            "tallies",
            "mail_counts",
            "invitations",
            "member_change_runs",
            "invitation_imports",
            "invitation_import_rows",
            "join_requests",
            "access_reviews",
            "access_decisions",
            "audit_entries",
            "audit_heads", // of an earlier build: written by none that cuts tables
            "audit_segments",
            "audit_streams",
            "audit_stream_positions",
            "provisioning_lines",
            "provisioning_cycles",
            "directory_concerns",
            "directory_holds",
            "approvals",
            "cycle_notes",
            "cycle_undos",
            "cycle_undo_items",
            "webhooks",
            "workspace_events",
            "workspace_logos",
            "scim_credential_uses",
            "api_key_uses",
            "once_calls"
        ),
        .. Of(
            TablePlace.Local,
            "accounts",
            "account_workspaces",
            "local_credentials",
            "one_time_links",
            "sessions",
            "session_ends",
            "second_factors",
            "recovery_codes",
            "passkeys",
            "logins",
            "failed_sign_ins",
            "connection_uses",
            "sign_in_tests",
            "spent_states",
            "oidc_clients",
            "client_uses",
            "oidc_grants",
            "oidc_scopes",
            "oidc_tokens",
            "oidc_keys",
            "app_endings",
            "outbox_messages", // claimed in one statement over all workspaces, and many are of accounts
            "webhook_deliveries", // found by id alone, by the outbox
            "webhook_attempts", // written with them
            "billing_subscriptions",
            "billing_events",
            "protection_keys",
            "marks"
        ),
    ];

    /// <summary>The place of a table; null for one that is none of the product's.</summary>
    public static TablePlace? Of(string table) => Places.TryGetValue(table, out var place) ? place : null;

    private static readonly Dictionary<string, TablePlace> Places = All.ToDictionary(t => t.Table, t => t.Place, StringComparer.Ordinal);

    private static IEnumerable<(string, TablePlace)> Of(TablePlace place, params IEnumerable<string> tables) =>
        tables.Select(table => (table, place));
}
