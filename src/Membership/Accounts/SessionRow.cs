using System.Collections.Concurrent;
using System.Data.Common;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>A live session with all that belongs to no workspace and decides what it opens.</summary>
/// <param name="Session">The session.</param>
/// <param name="Account">The person.</param>
/// <param name="Connection">The connection of the sign-in; null for none.</param>
/// <param name="Login">The login there; null exactly when <paramref name="Connection"/> is.</param>
/// <param name="Factor">The second factor; null for nothing ever.</param>
/// <param name="Workspace">The workspace that was asked for; null for none, or when it is not there.</param>
/// <param name="End">Since when the person's sessions open it no more; null for never.</param>
internal sealed record SessionRow(
    Session Session,
    Account Account,
    IdentityConnection? Connection,
    Login? Login,
    SecondFactor? Factor,
    Workspace? Workspace,
    SessionEnd? End
);

/// <summary>
/// The read of a <see cref="SessionRow"/>, below EF because it comes before everything else at each request of a page; one for each
/// product's model. Its tables lie together where others are cut by workspace, so the member is read beside it.
/// </summary>
internal sealed class SessionSelect
{
    private static readonly ConcurrentDictionary<(Type, string, bool), SessionSelect> Known = new();
    private readonly string _sql;
    private readonly Func<DbDataReader, SessionRow> _row;

    private SessionSelect(MembershipDb db, string column, bool inWorkspace)
    {
        var (sessions, accounts) = (RowReader<Session>.Of(db), RowReader<Account>.Of(db));
        var (connections, logins) = (RowReader<IdentityConnection>.Of(db), RowReader<Login>.Of(db));
        var (factors, workspaces, ends) = (RowReader<SecondFactor>.Of(db), RowReader<Workspace>.Of(db), RowReader<SessionEnd>.Of(db));
        var account = sessions.Width;
        var connection = account + accounts.Width;
        var login = connection + connections.Width;
        var factor = login + logins.Width;
        var workspace = factor + factors.Width;
        var end = workspace + workspaces.Width;
        var columns = string.Join(
            ", ",
            [
                sessions.Columns("s"),
                accounts.Columns("a"),
                connections.Columns("c"),
                logins.Columns("i"),
                factors.Columns("f"),
                .. inWorkspace ? new[] { workspaces.Columns("w"), ends.Columns("e") } : [],
            ]
        );
        var joined = inWorkspace
            ? $"""
                LEFT JOIN {workspaces.Table} w ON w.slug = $3
                LEFT JOIN {ends.Table} e ON e.workspace_id = w.id AND e.account_id = a.id
                """
            : "";
        _sql = $"""
            SELECT {columns}
            FROM {sessions.Table} s
            JOIN {accounts.Table} a ON a.id = s.account_id
            LEFT JOIN {connections.Table} c ON c.id = s.connection_id AND c.enabled
            LEFT JOIN {logins.Table} i ON i.id = s.login_id AND i.connection_id = s.connection_id
            LEFT JOIN {factors.Table} f ON f.account_id = a.id
            {joined}
            WHERE s.{column} = $1 AND s.ended_at IS NULL AND s.expires_at > $2
                AND (s.connection_id IS NULL OR (c.id IS NOT NULL AND i.id IS NOT NULL))
            """;
        _row = reader =>
            new(
                sessions.Read(reader, 0),
                accounts.Read(reader, account),
                connections.ReadJoined(reader, connection),
                logins.ReadJoined(reader, login),
                factors.ReadJoined(reader, factor),
                inWorkspace ? workspaces.ReadJoined(reader, workspace) : null,
                inWorkspace ? ends.ReadJoined(reader, end) : null
            );
    }

    /// <summary>Adds the read to a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="db">Through which it will run.</param>
    /// <param name="key">By what the session is found.</param>
    /// <param name="slug">The workspace; null for none.</param>
    /// <param name="at">The time: what is over is not found.</param>
    public static BatchedRead<SessionRow> Add(ReadBatch batch, MembershipDb db, SessionKey key, string? slug, DateTimeOffset at)
    {
        var select = Known.GetOrAdd(
            (db.GetType(), key.Column, slug is not null),
            static (known, db) => new(db, known.Item2, known.Item3),
            db
        );
        var now = at.ToUnixTimeMilliseconds();
        return slug is null
            ? batch.Read(select._sql, select._row, key.Value, now)
            : batch.Read(select._sql, select._row, key.Value, now, slug);
    }
}

/// <summary>By what a session is found.</summary>
/// <param name="Column">The column; one of a few constants.</param>
/// <param name="Value">Its value.</param>
/// <param name="Short">The same in sixteen bytes, to remember it by.</param>
internal readonly record struct SessionKey(string Column, object Value, Guid Short)
{
    /// <summary>By the hash of what the cookie holds.</summary>
    public static SessionKey Of(byte[] secretHash) => new("secret_hash", secretHash, new(secretHash.AsSpan(0, 16)));

    /// <summary>By its id.</summary>
    public static SessionKey Of(Id<Session> id) => new("id", id.Value, id.Value);
}
