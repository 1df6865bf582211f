using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>How many invitations may be mailed still.</summary>
/// <param name="Limit">How many in the period; null for any number.</param>
/// <param name="Left">How many of them are left; null without a limit.</param>
/// <param name="IsInAll">Whether they are counted in all and never come back; else by the day of UTC.</param>
public sealed record MailsLeft(int? Limit, int? Left, bool IsInAll = false);

/// <summary>What is left of the mails of the plan; links for many and domains count for nothing in it. Refusal: <c>forbidden</c>.</summary>
public sealed class ReadMailQuota(Store store)
{
    /// <summary>Reads it.</summary>
    public async Task<Outcome<MailsLeft>> RunAsync(Actor actor, WorkspaceContext workspace, CancellationToken ct)
    {
        if (actor.Demand(workspace.Id, Permission.InviteMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await MailQuota.ReadAsync(db, workspace, store.Time.Now(), ct);
    }
}
