using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>Makes one-time links within an act; the only place where one is made or voided.</summary>
internal static class OneTimeLinks
{
    /// <summary>How long a mailed reset works.</summary>
    public static readonly TimeSpan ResetLifetime = TimeSpan.FromHours(1);

    /// <summary>How many resets may be mailed to one account in an hour.</summary>
    public const int ResetsPerHour = 3;

    /// <summary>
    /// Mails a link for a new password to the stored address, and to no other. Earlier links for a reset are void.
    /// </summary>
    /// <returns>False when three went out within the hour; nothing is planned then.</returns>
    public static async Task<bool> MailResetAsync(Attempt attempt, Id<Account> account, CancellationToken ct)
    {
        var hourAgo = attempt.At.AddHours(-1);
        var recent = await attempt
            .Db.OneTimeLinks.AsNoTracking()
            .Where(l => l.AccountId == account && l.Kind == OneTimeLinkKind.PasswordReset && (l.ClosedAt == null || l.CreatedAt > hourAgo))
            .ToListAsync(ct);
        if (recent.Count(l => l.CreatedAt > hourAgo) >= ResetsPerHour)
        {
            return false;
        }

        Void(attempt, recent);
        var secret = Secret.New();
        var link = New(attempt, account, OneTimeLinkKind.PasswordReset, secret, ResetLifetime) with
        {
            SecretSealed = attempt.Box.SealText(OneTimeLink.Purpose, secret),
        };
        attempt.Changes.Add(link);
        attempt.Changes.Send(OutboxKind.PasswordResetMail, link.Id.Value, account.ToString(), null);
        return true;
    }

    /// <summary>
    /// Makes a way into a workspace that is printed once and mailed nowhere. Earlier ones of the same person into it are void, and those of
    /// which no workspace is known; those into others stay.
    /// </summary>
    public static async Task<string> PrintAsync(
        Attempt attempt,
        Id<Account> account,
        Id<Workspace> workspace,
        TimeSpan lifetime,
        CancellationToken ct
    )
    {
        Void(
            attempt,
            await attempt
                .Db.OneTimeLinks.AsNoTracking()
                .Where(l => l.AccountId == account && l.Kind == OneTimeLinkKind.AdminSignIn && l.ClosedAt == null)
                .Where(l => l.WorkspaceId == null || l.WorkspaceId == workspace)
                .ToListAsync(ct)
        );
        var secret = Secret.New();
        attempt.Changes.Add(New(attempt, account, OneTimeLinkKind.AdminSignIn, secret, lifetime) with { WorkspaceId = workspace });
        return secret;
    }

    /// <summary>Makes every open link of an account void: its password has changed.</summary>
    /// <param name="attempt">The act.</param>
    /// <param name="account">Whose.</param>
    /// <param name="except">One that the act closes by itself; null for none.</param>
    /// <param name="ct">Stops the read.</param>
    public static async Task VoidAllAsync(Attempt attempt, Id<Account> account, Id<OneTimeLink>? except, CancellationToken ct) =>
        Void(
            attempt,
            (await attempt.Db.OneTimeLinks.AsNoTracking().Where(l => l.AccountId == account && l.ClosedAt == null).ToListAsync(ct)).Where(
                l => l.Id != except
            )
        );

    /// <summary>The link with this secret if it is open at this time; null for every other reason alike.</summary>
    public static async Task<OneTimeLink?> FindAsync(
        MembershipDb db,
        string secret,
        OneTimeLinkKind kind,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        if (secret.Length is 0 or > 100)
        {
            return null;
        }

        var hash = Secret.Hash(secret);
        return await db
            .OneTimeLinks.AsNoTracking()
            .FirstOrDefaultAsync(l => l.SecretHash == hash && l.Kind == kind && l.ClosedAt == null && l.ExpiresAt > at, ct);
    }

    /// <summary>Uses a link up. Of rivals with the same link one gets through: the row must still be open when it is written.</summary>
    public static void Close(Attempt attempt, OneTimeLink link) =>
        attempt.Changes.Update(link, link with { ClosedAt = attempt.At, SecretSealed = null });

    /// <summary>What whoever holds a dead link is told, whether it never was, was used, voided or ran out.</summary>
    public static Refusal Dead() =>
        new(
            RefusalKind.NotFound,
            "linkDead",
            "This link is not valid any more: it was used, replaced by a newer one, or its time is over."
        );

    private static void Void(Attempt attempt, IEnumerable<OneTimeLink> links)
    {
        foreach (var link in links.Where(l => l.ClosedAt is null))
        {
            Close(attempt, link);
        }
    }

    private static OneTimeLink New(Attempt attempt, Id<Account> account, OneTimeLinkKind kind, string secret, TimeSpan lifetime) =>
        new()
        {
            Id = Id<OneTimeLink>.New(attempt.Time),
            AccountId = account,
            Kind = kind,
            SecretHash = Secret.Hash(secret),
            CreatedAt = attempt.At,
            ExpiresAt = attempt.At + lifetime,
        };
}
