using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// An admin has a reset link mailed to a member. It goes to the address stored with the person's account, which the
/// admin neither sees nor chooses; nothing about the account changes by it. Refusals: <c>notFound</c>, <c>forbidden</c>,
/// <c>grantCeiling</c>, <c>noLocalPassword</c> (Conflict), <c>noAddress</c> (Conflict), <c>tooManyResets</c> (TooMany).
/// </summary>
public sealed class SendPasswordReset(Store store)
{
    /// <summary>Whether the act can be offered for a member: only accounts with a local password have one to reset.</summary>
    public static async Task<bool> IsForAsync(MembershipDb db, Member member, CancellationToken ct) =>
        member.AccountId is { } account && await db.LocalCredentials.AnyAsync(c => c.AccountId == account && c.PasswordHash != null, ct);

    /// <summary>Sends it.</summary>
    public Task<Outcome<Nothing>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> memberId, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            actor,
            workspaceId,
            "passwordReset.sent",
            async attempt =>
            {
                attempt.Concerns(memberId);
                if (actor.Demand(workspaceId, Permission.ManageMembers) is { } refused)
                {
                    return refused;
                }

                if (!(await MemberAct.FindAsync(attempt, workspaceId, memberId, notOneself: null, ct)).Is(out var member, out var refusal))
                {
                    return refusal;
                }

                if (!await IsForAsync(attempt.Db, member, ct))
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "noLocalPassword",
                        $"{member.ShownName} has no password here: they sign in with their own provider, or have not joined yet."
                    );
                }

                var account = await attempt.Db.Accounts.AsNoTracking().FirstAsync(a => a.Id == member.AccountId, ct);
                if (account.Email is null)
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "noAddress",
                        $"No mail address is stored with the account of {member.ShownName}."
                    );
                }

                if (!await OneTimeLinks.MailResetAsync(attempt, account.Id, ct))
                {
                    return new Refusal(
                        RefusalKind.TooMany,
                        "tooManyResets",
                        "Three reset links went out within the hour. Wait before sending another.",
                        RetryAfter: TimeSpan.FromHours(1)
                    );
                }

                attempt.Changes.Tell("passwordReset.sent", workspaceId, ("member", member.Id.Value, member.ShownName));
                return default(Nothing);
            },
            ct
        );
}
