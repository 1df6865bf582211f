using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>
/// An admin takes all second factors of a member's account away, because the person lost them: authenticator app,
/// passkeys, recovery codes. Every session of the account ends; it is told in the audit log of every workspace the
/// person is in, and refused while the person administers another one, for it would open that too.
/// Refusals: <c>notFound</c>, <c>forbidden</c>, <c>signInAgain</c>, <c>grantCeiling</c>, <c>ownMembership</c>, <c>notActive</c>,
/// <c>noSecondFactor</c>, <c>adminElsewhere</c> (Conflict), <c>lastWayIn</c> (Conflict: a passkey is all that the person signs in with; not
/// for the operator, whose link lets them in).
/// </summary>
public sealed class ResetMfa(Store store)
{
    /// <summary>Whether there is something to reset: the page offers it only then.</summary>
    public async Task<bool> IsForAsync(Member member, CancellationToken ct)
    {
        await using var db = store.Read();
        return member is { State: MemberState.Active, AccountId: { } account }
            && await db.SecondFactors.AsNoTracking().FirstOrDefaultAsync(f => f.AccountId == account, ct) is { IsSetUp: true };
    }

    /// <summary>Resets.</summary>
    /// <param name="actor">The admin, or the operator.</param>
    /// <param name="workspaceId">The workspace in which the admin acts.</param>
    /// <param name="memberId">Whom it concerns.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Member>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> memberId, CancellationToken ct) =>
        store.ChangeAsync<Member>(
            actor,
            workspaceId,
            "mfa.reset",
            async attempt =>
            {
                attempt.Concerns(memberId);
                if ((actor.Demand(workspaceId, Permission.ManageMembers) ?? RecentAuthentication.Check(actor, attempt.At)) is { } refused)
                {
                    return refused;
                }

                var db = attempt.Db;
                var self = new Refusal(
                    RefusalKind.Conflict,
                    "ownMembership",
                    "You cannot reset your own second factor here. Change it on your security page."
                );
                if (!(await MemberAct.FindAsync(attempt, workspaceId, memberId, self, ct)).Is(out var member, out var refusal))
                {
                    return refusal;
                }

                if (member.State != MemberState.Active || member.AccountId is not { } account)
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "notActive",
                        $"{member.ShownName} is not active here, so there is nothing to reset."
                    );
                }

                var elsewhere = await (
                    from m in await AccountMembers.OfAsync(db, account, ct)
                    join w in db.Workspaces.AsNoTracking() on m.WorkspaceId equals w.Id
                    where m.WorkspaceId != workspaceId && m.State != MemberState.Ended
                    select new { m, w }
                ).ToListAsync(ct);
                if (
                    !actor.Unlimited
                    && elsewhere.Any(e => WorkspaceContext.Of(attempt.Db, e.w).Configuration.Role(e.m.Role) is { IsAdmin: true })
                )
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "adminElsewhere",
                        $"The account of {member.ShownName} cannot be reset from this workspace. They can use a recovery code; "
                            + $"otherwise whoever runs the server can reset it."
                    );
                }

                if (!actor.Unlimited && !await HasOtherWayAsync(db, account, ct))
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "lastWayIn",
                        $"{member.ShownName} signs in with a passkey alone: without it nothing would be left to sign in with. "
                            + $"If they still can, have them link a provider or set a password first. If the passkey is lost, remove "
                            + $"them and invite them anew."
                    );
                }

                if (await FactorRow.DropAsync(attempt, account, ct) is not { } dropped)
                {
                    return new Refusal(RefusalKind.Conflict, "noSecondFactor", $"{member.ShownName} has no second factor set up.");
                }

                var ended = await Sessions.EndAllAsync(attempt, account, null, ct);
                foreach (
                    var (told, id, name) in elsewhere
                        .Select(e => (e.w.Id, e.m.Id, e.m.ShownName))
                        .Prepend((workspaceId, memberId, member.ShownName))
                )
                {
                    attempt.Changes.TellFacts("mfa.reset", told, ("member", id.Value, name), dropped, new { sessionsEnded = ended });
                }

                return member;
            },
            ct
        );

    /// <summary>
    /// Whether something is left to sign in with: a password, or an address to which a link for one is mailed, or a provider's login.
    /// </summary>
    private static async Task<bool> HasOtherWayAsync(MembershipDb db, Id<Account> account, CancellationToken ct) =>
        !await db.Passkeys.AnyAsync(p => p.AccountId == account, ct)
        || await db.LocalCredentials.AnyAsync(
            c => c.AccountId == account && (c.PasswordHash != null || db.Accounts.Any(a => a.Id == account && a.Email != null)),
            ct
        )
        || await db.Logins.AnyAsync(
            l => l.AccountId == account && db.IdentityConnections.Any(c => c.Id == l.ConnectionId && c.Enabled),
            ct
        );
}
