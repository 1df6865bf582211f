using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Why somebody who is signed in is kept out of a workspace in which they are: told to themselves alone, for to everybody
/// else the workspace is not there. A sign-in that does not open the workspace is not told either: the provider of another
/// workspace must not learn how its people stand elsewhere.
/// </summary>
public sealed class ReadKeptOut(Store store)
{
    /// <summary>Reads.</summary>
    /// <param name="who">Who is signed in.</param>
    /// <param name="slug">The workspace that the address names; null for none.</param>
    /// <param name="ct">Stops the read.</param>
    /// <returns>The sentence for them (<c>suspended</c>, <c>removed</c>); null where they are in, or not at all.</returns>
    public async Task<Refusal?> RunAsync(SignedIn who, string? slug, CancellationToken ct)
    {
        await using var db = store.Read();
        return
            string.IsNullOrEmpty(slug)
            || await WorkspaceContext.BySlugAsync(db, slug, ct) is not { } workspace
            || ReadSession.Bars(who, workspace) is not null
            ? null
            : Sentence(workspace, await StatesAsync(db, who, workspace.Id, ct)) ?? await WaitsAsync(db, who, workspace, ct);
    }

    /// <summary>The same for all workspaces in which the person is and which keep them out, up to twenty of them.</summary>
    public async Task<IReadOnlyList<Refusal>> ListAsync(SignedIn who, CancellationToken ct)
    {
        var account = who.Account.Id;
        await using var db = store.Read();
        var members = await AccountMembers.OfAsync(db, account, ct);
        var rows = await (
            from m in members
            join w in db.Workspaces.AsNoTracking() on m.WorkspaceId equals w.Id
            where m.State != MemberState.Active && m.State != MemberState.Ended
            orderby w.Name, w.Id
            select w
        )
            .Take(20)
            .ToListAsync(ct);
        var list = new List<Refusal>();
        foreach (var workspace in rows.Select(w => WorkspaceContext.Of(db, w)).Where(w => ReadSession.Bars(who, w) is null))
        {
            if (Sentence(workspace, await StatesAsync(db, who, workspace.Id, ct)) is { } sentence)
            {
                list.Add(sentence);
            }
        }

        return list;
    }

    /// <summary>Who is invited or asked to join and is not in yet: told to who has proven the address.</summary>
    private async Task<Refusal?> WaitsAsync(MembershipDb db, SignedIn who, WorkspaceContext workspace, CancellationToken ct)
    {
        var key = who.Account.ProvenEmailKey;
        if ((await new Invitations.ListOwnInvitations(store).RunAsync(who, ct)).Any(o => o.Workspace.Id == workspace.Id))
        {
            return new(
                RefusalKind.Forbidden,
                "invited",
                $"You are invited to {workspace.Row.Name} and have not joined yet. Your start page has the invitation."
            );
        }

        return
            key is not null
            && await db.JoinRequests.AnyAsync(
                r => r.WorkspaceId == workspace.Id && r.UserNameKey == key && r.State == Domains.JoinRequestState.Waiting,
                ct
            )
            ? new(
                RefusalKind.Forbidden,
                "waits",
                $"You asked to join {workspace.Row.Name}. Its admins are told, and you get a mail when they have decided."
            )
            : null;
    }

    private static Task<List<MemberState>> StatesAsync(MembershipDb db, SignedIn who, Id<Workspace> workspace, CancellationToken ct)
    {
        var account = who.Account.Id;
        return db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && m.AccountId == account)
            .Select(m => m.State)
            .Distinct()
            .ToListAsync(ct);
    }

    private static Refusal? Sentence(WorkspaceContext workspace, List<MemberState> states) =>
        states.Contains(MemberState.Active) ? null
        : states.Contains(MemberState.Suspended) || states.Contains(MemberState.Provisioned)
            ? new(
                RefusalKind.Forbidden,
                "suspended",
                $"Your access to {workspace.Row.Name} is switched off at the moment. Nothing of yours is lost. Ask an admin of "
                    + $"{workspace.Row.Name} to switch it on again."
            )
        : states.Contains(MemberState.Removed) || states.Contains(MemberState.Ended)
            ? new(
                RefusalKind.Forbidden,
                "removed",
                $"You were removed from {workspace.Row.Name}. If that is a mistake, ask an admin of {workspace.Row.Name} to let "
                    + $"you in again."
            )
        : null;
}
