using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Apps;

/// <summary>When an app was last used, and by whom. A note beside the facts, at most once a minute on each server.</summary>
public sealed record ClientUse
{
    private const string Write =
        "INSERT INTO client_uses (client_id, last_used_at, account_id) VALUES (@p0, @p1, @p2) "
        + "ON CONFLICT (client_id) DO UPDATE SET last_used_at = excluded.last_used_at, account_id = excluded.account_id";

    /// <summary>The app.</summary>
    public required Guid ClientId { get; init; }

    /// <summary>The last time.</summary>
    public required DateTimeOffset LastUsedAt { get; init; }

    /// <summary>Who signed in through it; null when it acted for itself, and where the person was erased.</summary>
    public Id<Account>? AccountId { get; init; }

    /// <summary>Notes a use where that is due.</summary>
    internal static Task NoteAsync(Store store, LastUsedNotes<Guid> uses, Guid client, Id<Account>? account, CancellationToken ct)
    {
        var now = store.Time.Now();
        return !uses.IsDue(client, now)
            ? Task.CompletedTask
            : store.NoteAsync(
                Write,
                [Value.Of("@p0", client), Value.Of("@p1", now.ToUnixTimeMilliseconds()), Value.Of("@p2", account?.Value)],
                ct
            );
    }
}
