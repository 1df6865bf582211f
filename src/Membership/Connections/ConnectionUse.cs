using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>When people last signed in through a connection. A note beside the facts, at most once a minute.</summary>
public sealed record ConnectionUse
{
    /// <summary>The connection.</summary>
    public required Id<IdentityConnection> ConnectionId { get; init; }

    /// <summary>The workspace towards which they signed in; the empty id for none.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The last time.</summary>
    public required DateTimeOffset LastUsedAt { get; init; }

    /// <summary>Notes a sign-in where that is due.</summary>
    internal static void Note(
        LastUsedNotes<(Id<IdentityConnection>, Id<Workspace>)> uses,
        Attempt attempt,
        IdentityConnection connection,
        Id<Workspace>? toward
    )
    {
        var key = (connection.Id, connection.IsPlatform ? toward ?? default : connection.WorkspaceId);
        if (!uses.IsDue(key, attempt.At))
        {
            return;
        }

        attempt.Changes.Execute(
            new(
                "INSERT INTO connection_uses (connection_id, workspace_id, last_used_at) VALUES (@p0, @p1, @p2) ON CONFLICT "
                    + "(connection_id, workspace_id) DO UPDATE SET last_used_at = excluded.last_used_at",
                [Value.Of("@p0", key.Id.Value), Value.Of("@p1", key.Item2.Value), Value.Of("@p2", attempt.At.ToUnixTimeMilliseconds())]
            )
        );
    }
}
