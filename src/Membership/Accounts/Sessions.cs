using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts;

/// <summary>A session that was just opened: the only moment at which its secret is known.</summary>
/// <param name="Row">The session.</param>
/// <param name="Secret">What the cookie holds.</param>
public sealed record OpenedSession(Session Row, string Secret);

/// <summary>How sessions begin and end within an act; every act that signs somebody in or out plans through here.</summary>
internal static class Sessions
{
    /// <summary>How long a session lasts at most.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>How long after signing in a person may do what asks for a fresh proof.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(15);

    /// <summary>A person at the sign-in door, for the audit log.</summary>
    public static Actor Person(Account account) =>
        new() { Kind = ActorKind.Person, Door = Door.SignIn, Name = account.DisplayName, Id = account.Id.Value };

    /// <summary>Opens a session with a new secret, each time: a secret from before signing in never becomes a session.</summary>
    public static OpenedSession Open(Attempt attempt, Id<Account> account, string by, Browser browser, Id<IdentityConnection>? connection = null, Id<Login>? login = null)
    {
        var secret = Secret.New();
        var row = new Session
        {
            Id = Id<Session>.New(attempt.Time),
            SecretHash = Secret.Hash(secret),
            AccountId = account,
            SignedInBy = by,
            ConnectionId = connection,
            LoginId = login,
            CreatedAt = attempt.At,
            AuthenticatedAt = attempt.At,
            ExpiresAt = attempt.At + Lifetime,
            UserAgent = browser.UserAgent,
            Address = browser.Address,
        };
        attempt.Changes.Add(row);
        return new(row, secret);
    }

    /// <summary>Ends every live session of an account.</summary>
    /// <param name="attempt">The act.</param>
    /// <param name="account">Whose.</param>
    /// <param name="except">One that lives on; null for none.</param>
    /// <param name="ct">Stops the read.</param>
    /// <returns>How many ended.</returns>
    public static async Task<int> EndAllAsync(Attempt attempt, Id<Account> account, Id<Session>? except, CancellationToken ct)
    {
        var live = await attempt.Db.Sessions.AsNoTracking().Where(s => s.AccountId == account && s.EndedAt == null).ToListAsync(ct);
        var ended = 0;
        foreach (var session in live.Where(s => s.Id != except && s.ExpiresAt > attempt.At))
        {
            attempt.Changes.Update(session, session with { EndedAt = attempt.At });
            ended++;
        }

        return ended;
    }
}
