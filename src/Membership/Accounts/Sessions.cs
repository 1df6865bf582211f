using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts;

/// <summary>A session that was just opened: the only moment at which its secret is known.</summary>
/// <param name="Row">The session.</param>
/// <param name="Secret">What the cookie holds.</param>
public sealed record OpenedSession(Session Row, string Secret)
{
    /// <summary>The slug of the workspace that the way in leads to; null where it leads to none of them.</summary>
    public string? Slug { get; init; }

    /// <summary>Whether the person is asked there what they are called: nobody said it yet.</summary>
    public bool IsUnnamed { get; init; }
}

/// <summary>How sessions begin and end within an act; every act that signs somebody in or out plans through here.</summary>
internal static class Sessions
{
    /// <summary>How long a session lasts at most.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>A person at the sign-in door, for the audit log.</summary>
    public static Actor Person(Account account) =>
        new()
        {
            Kind = ActorKind.Person,
            Door = Door.SignIn,
            Name = account.DisplayName,
            Id = account.Id.Value,
        };

    /// <summary>Opens a session with a new secret, each time: a secret from before signing in never becomes a session.</summary>
    /// <param name="attempt">The act.</param>
    /// <param name="account">Who signed in.</param>
    /// <param name="by">By what means.</param>
    /// <param name="browser">What the browser tells about itself.</param>
    /// <param name="more">What else is known: the connection, a second factor; null for nothing.</param>
    public static OpenedSession Open(Attempt attempt, Id<Account> account, string by, Browser browser, Func<Session, Session>? more = null)
    {
        var secret = Secret.New();
        var row = new Session
        {
            Id = Id<Session>.New(attempt.Time),
            SecretHash = Secret.Hash(secret),
            AccountId = account,
            SignedInBy = by,
            CreatedAt = attempt.At,
            AuthenticatedAt = attempt.At,
            ProofIsUndated = false,
            ExpiresAt = attempt.At + Lifetime,
            UserAgent = browser.UserAgent,
            Address = browser.Address,
        };
        row = more is null ? row : more(row);
        attempt.Changes.Add(row);
        return new(row, secret);
    }

    /// <summary>
    /// Lets a session go on as something more, under a new secret: a copy of the cookie from before is worth nothing.
    /// </summary>
    public static OpenedSession Renew(Attempt attempt, Session session, Func<Session, Session> change)
    {
        var secret = Secret.New();
        var after = change(session) with { SecretHash = Secret.Hash(secret) };
        attempt.Changes.Update(session, after);
        return new(after, secret);
    }

    /// <summary>The session of a request as it is now; null when it ended in the meantime.</summary>
    public static Task<Session?> LiveAsync(Attempt attempt, SignedIn who, CancellationToken ct) =>
        attempt
            .Db.Sessions.AsNoTracking()
            .FirstOrDefaultAsync(s => s.Id == who.Session.Id && s.EndedAt == null && s.ExpiresAt > attempt.At, ct);

    /// <summary>Ends every live session of an account.</summary>
    /// <param name="attempt">The act.</param>
    /// <param name="account">Whose.</param>
    /// <param name="except">One that lives on; null for none.</param>
    /// <param name="ct">Stops the read.</param>
    /// <param name="only">The connection whose sessions alone end; null for all.</param>
    /// <returns>How many ended.</returns>
    public static async Task<int> EndAllAsync(
        Attempt attempt,
        Id<Account> account,
        Id<Session>? except,
        CancellationToken ct,
        Id<IdentityConnection>? only = null
    )
    {
        var live = await attempt.Db.Sessions.AsNoTracking().Where(s => s.AccountId == account && s.EndedAt == null).ToListAsync(ct);
        var ended = 0;
        foreach (var session in live.Where(s => s.Id != except && s.ExpiresAt > attempt.At && (only is null || s.ConnectionId == only)))
        {
            attempt.Changes.Update(session, session with { EndedAt = attempt.At });
            ended++;
        }

        return ended;
    }
}
