using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>
/// The one rule for what is sensitive (password, factors, recovery codes, logins, resets, tokens, connections, the sign-in policy): the
/// person proved who they are within the last five minutes, and with the second factor where they have one. Programs and
/// the operator are not asked: they act by credentials that were given to them under this rule. Trying a sign-in policy is no such
/// proof, nor is a provider's word that does not say when the person proved themselves (<see cref="Connections.SignInWithProvider"/>).
/// Refusals: <c>signInAgain</c>, <c>secondFactorNeeded</c>, <c>otherSignInNeeded</c> (Forbidden).
/// </summary>
public static class RecentAuthentication
{
    /// <summary>How long a proof counts.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Why an actor's proof is too old for what is sensitive; null when it is not, or the actor is no person.</summary>
    public static Refusal? Check(Actor actor, DateTimeOffset at) =>
        actor.Kind is ActorKind.Member or ActorKind.Person && !(at < actor.FreshUntil) ? Needed() : null;

    /// <summary>
    /// Until when a session's proof counts; null when it counts for nothing, because the account's second factor is not proven in it.
    /// </summary>
    public static DateTimeOffset? Until(Session session, SecondFactor? factor) =>
        factor is { IsSetUp: true } && session.SecondProvenAt is null ? null : session.AuthenticatedAt + Lifetime;

    /// <summary>
    /// The same for what is done to the account itself, which reaches further than one workspace: a sign-in by a
    /// workspace's own provider speaks for the account only when nothing else does, or when the second factor was proven.
    /// </summary>
    public static Task<Refusal?> CheckAsync(MembershipDb db, SignedIn who, DateTimeOffset at, CancellationToken ct) =>
        CheckAsync(db, who, at, false, ct);

    /// <summary>
    /// The same for setting up a second factor. Whose provider does not say when they proved themselves, and who has nothing of
    /// their own to prove it by, may set the first one up right after signing in: from then on it is the proof.
    /// </summary>
    public static Task<Refusal?> CheckSetUpAsync(MembershipDb db, SignedIn who, DateTimeOffset at, CancellationToken ct) =>
        CheckAsync(db, who, at, true, ct);

    /// <summary>Until when a session allows a first factor of one's own, though its proof is undated; null when it does not.</summary>
    internal static DateTimeOffset? FirstFactorUntil(Session session, SecondFactor? factor, bool hasPassword) =>
        session.IsUndated && factor is not { IsSetUp: true } && !hasPassword ? session.CreatedAt + Lifetime : null;

    private static async Task<Refusal?> CheckAsync(MembershipDb db, SignedIn who, DateTimeOffset at, bool setUp, CancellationToken ct)
    {
        var account = who.Account.Id;
        if (
            await db.Sessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == who.Session.Id && s.EndedAt == null && s.ExpiresAt > at, ct)
            is not { } session
        )
        {
            return Needed();
        }

        var factor = await db.SecondFactors.AsNoTracking().FirstOrDefaultAsync(f => f.AccountId == account, ct);
        if (Until(session, factor) is not { } until)
        {
            return new(RefusalKind.Forbidden, "secondFactorNeeded", "Confirm your second factor first.");
        }

        var hasPassword = await db.LocalCredentials.AnyAsync(c => c.AccountId == account && c.PasswordHash != null, ct);
        if (at >= until && !(setUp && at < FirstFactorUntil(session, factor, hasPassword)))
        {
            return Needed();
        }

        if (!who.IsWorkspaceScoped || session.SecondProvenAt is not null)
        {
            return null;
        }

        var workspace = who.Connection!.WorkspaceId;
        var reachesFurther =
            hasPassword
            || await db.Logins.AnyAsync(l => l.AccountId == account && l.ConnectionId != session.ConnectionId, ct)
            || await (await AccountMembers.OfAsync(db, account, ct)).AnyAsync(m => m.WorkspaceId != workspace, ct);
        return reachesFurther ? OtherNeeded() : null;
    }

    /// <summary>
    /// The same for what lets somebody in beyond this workspace (logins): a workspace's own provider never speaks for that,
    /// also where it is all that the account has, or its owner would keep a way into whatever the person joins later.
    /// </summary>
    public static async Task<Refusal?> CheckBeyondAsync(MembershipDb db, SignedIn who, DateTimeOffset at, CancellationToken ct) =>
        await CheckAsync(db, who, at, ct) ?? (who.IsWorkspaceScoped ? OtherNeeded() : null);

    /// <summary>What one is told who is signed in by a workspace's own provider, for what reaches beyond that workspace.</summary>
    public static Refusal OtherNeeded() =>
        new(
            RefusalKind.Forbidden,
            "otherSignInNeeded",
            "This sign-in speaks for you in one workspace only. Sign in another way, with your password for instance, to change this."
        );

    /// <summary>What one is told whose proof is too old.</summary>
    public static Refusal Needed() =>
        new(
            RefusalKind.Forbidden,
            "signInAgain",
            "Some time has passed since you signed in. Prove again that it is you, then repeat this."
        );
}
