using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Holds;

/// <summary>
/// What a second admin is asked for before what is held is carried out (<see cref="FourEyesAct.ReleaseHeld"/>), and what is held then.
/// </summary>
internal static class HeldApproval
{
    /// <summary>Whether these people wait for a second admin's yes; null where they do not.</summary>
    public static async Task<Refusal?> OfPeopleAsync(
        Attempt attempt,
        Id<Workspace> workspaceId,
        List<Id<Member>> members,
        HoldVerdict verdict,
        CancellationToken ct
    )
    {
        if (
            await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
            || !FourEyes.IsOn(workspace.Configuration, FourEyesAct.ReleaseHeld)
        )
        {
            return null;
        }

        var held = await attempt
            .Db.Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspaceId && m.HeldAs != null && members.Contains(m.Id))
            .OrderBy(m => m.Id)
            .ToListAsync(ct);
        return held.Count switch
        {
            0 => null, // each is told that nothing is held of them
            1 => await FourEyes.AgainstAsync(
                attempt,
                workspace,
                FourEyesAct.ReleaseHeld,
                (held[0].Id.Value, held[0].ShownName),
                "one person" + AsOne(verdict),
                ct
            ),
            var many => await FourEyes.AgainstAsync(
                attempt,
                workspace,
                FourEyesAct.ReleaseHeld,
                (Together(held), null),
                $"{many} people" + AsOne(verdict),
                ct
            ),
        };
    }

    /// <summary>The same of everybody, or of a group that would be emptied; with the request that was approved.</summary>
    public static Task<(Refusal? Against, Approval? By)> OfRowsAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        DirectoryHold row,
        HoldVerdict verdict,
        HoldMode? afterwards,
        CancellationToken ct
    ) =>
        row.About == Guid.Empty
            ? FourEyes.AskAsync(
                attempt,
                workspace,
                FourEyesAct.ReleaseHeld,
                default,
                verdict == HoldVerdict.Merge ? "everybody who is here already" + AsOne(verdict) : Everybody(afterwards),
                ct
            )
            : FourEyes.AskAsync(attempt, workspace, FourEyesAct.ReleaseHeld, (row.About, row.Name), "a group that it would empty", ct);

    /// <summary>Queues what is held from now on; what was approved with that needs no second yes.</summary>
    public static Refusal? Mode(Attempt attempt, WorkspaceContext workspace, HoldMode mode, HoldVerdict verdict)
    {
        if (attempt.Actor.Demand(workspace.Id, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        var now = workspace.Configuration;
        if (now.Scim.Hold is not { } rules || rules.Mode == mode)
        {
            return null;
        }

        var after = rules with { Mode = mode };
        var wanted = now with { Scim = now.Scim with { Hold = after is { Mode: HoldMode.Apply, HasLimit: false } ? null : after } };
        if (verdict == HoldVerdict.Keep && FourEyes.Against(now, attempt.Actor, wanted) is { } alone)
        {
            return alone;
        }

        ChangeConfiguration.Write(attempt, workspace, wanted);
        return null;
    }

    // a yes to two people is none to one who is both
    private static string AsOne(HoldVerdict verdict) => verdict == HoldVerdict.Merge ? Approval.AsOne : "";

    private static string Everybody(HoldMode? afterwards) =>
        afterwards switch
        {
            null => "everybody of whom something is held",
            HoldMode.Apply => "everybody of whom something is held, and hold nothing afterwards",
            _ => "everybody of whom something is held, and hold less afterwards",
        };

    // the same people with the same words of their directory are the same request
    private static Guid Together(List<Member> members) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', members.Select(m => $"{m.Id} {m.HeldAs}")))).AsSpan(0, 16));
}
