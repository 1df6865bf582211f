using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>How many invitations may be mailed still.</summary>
/// <param name="Limit">How many in 24 hours; null for any number.</param>
/// <param name="Left">How many of them are left; null without a limit.</param>
public sealed record MailsLeft(int? Limit, int? Left);

/// <summary>What is left of the mails of a day; links for many and domains count for nothing in it. Refusal: <c>forbidden</c>.</summary>
public sealed class ReadMailQuota(Store store)
{
    /// <summary>Reads it.</summary>
    public async Task<Outcome<MailsLeft>> RunAsync(Actor actor, WorkspaceContext workspace, CancellationToken ct)
    {
        if (actor.Demand(workspace.Id, Permission.InviteMembers) is { } refused)
        {
            return refused;
        }

        if (workspace.Configuration.Invitations.MailsPerDay is not { } limit)
        {
            return new MailsLeft(null, null);
        }

        await using var db = store.Read();
        return new MailsLeft(limit, await MailQuota.LeftAsync(db, workspace, store.Time.Now(), ct));
    }
}
