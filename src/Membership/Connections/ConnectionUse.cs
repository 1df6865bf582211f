using System.Collections.Concurrent;
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

    private static readonly ConcurrentDictionary<(Id<IdentityConnection>, Id<Workspace>), DateTimeOffset> Noted = new();

    /// <summary>Notes a sign-in, if the last note is older than a minute: many who come at once do not queue at one row.</summary>
    internal static void Note(Attempt attempt, IdentityConnection connection, Id<Workspace>? toward)
    {
        var key = (connection.Id, connection.IsPlatform ? toward ?? default : connection.WorkspaceId);
        if (Noted.TryGetValue(key, out var last) && attempt.At - last < TimeSpan.FromMinutes(1) && attempt.At >= last)
        {
            return;
        }

        if (Noted.Count > 10_000)
        {
            Noted.Clear();
        }

        Noted[key] = attempt.At;
        attempt.Changes.Execute(new(
            "INSERT INTO connection_uses (connection_id, workspace_id, last_used_at) VALUES (@p0, @p1, @p2) ON CONFLICT (connection_id, workspace_id) DO UPDATE SET last_used_at = excluded.last_used_at",
            [Value.Of("@p0", key.Id.Value), Value.Of("@p1", key.Item2.Value), Value.Of("@p2", attempt.At.ToUnixTimeMilliseconds())]));
    }
}
