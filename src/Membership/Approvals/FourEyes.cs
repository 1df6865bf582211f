using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Approvals;

/// <summary>
/// What a workspace lets two admins do together: the first asks by trying, a second says yes, then it is done once. Asked by the acts
/// themselves. Whoever runs the server answers to nobody.
/// </summary>
internal static class FourEyes
{
    /// <summary>Whether the act must wait for a second admin. The first time it is asked for, the request is written.</summary>
    /// <param name="attempt">The try it belongs to.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="act">What is to be done.</param>
    /// <param name="target">To whom, with the name; the empty id for nobody.</param>
    /// <param name="value">The role or name.</param>
    /// <param name="ct">Stops the reading.</param>
    /// <returns>Null when it may be done now: nothing asks for a second one, or one said yes.</returns>
    public static async Task<Refusal?> AgainstAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        FourEyesAct act,
        (Guid Id, string? Name) target,
        string value,
        CancellationToken ct
    ) => (await AskAsync(attempt, workspace, act, target, value, ct)).Against;

    /// <summary>The same, with the request that was approved, for acts that do no more than was to be seen when it was asked for.</summary>
    public static async Task<(Refusal? Against, Approval? By)> AskAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        FourEyesAct act,
        (Guid Id, string? Name) target,
        string value,
        CancellationToken ct
    )
    {
        var actor = attempt.Actor;
        if (actor.Unlimited || !IsOn(workspace.Configuration, act) || actor.Id is not { } asker)
        {
            return default;
        }

        var at = attempt.At;
        var known = await attempt
            .Db.Approvals.AsNoTracking()
            .Where(a =>
                a.WorkspaceId == workspace.Id && a.AskedById == asker && a.Act == act && a.TargetId == target.Id && a.Value == value
            )
            .Where(a => a.ExpiresAt > at && (a.State == ApprovalState.Waiting || a.State == ApprovalState.Approved))
            .ToListAsync(ct);
        if (known.Find(a => a.State == ApprovalState.Approved) is { } approved)
        {
            var used = approved with { State = ApprovalState.Used, Version = approved.Version + 1 };
            attempt.Changes.Update(approved, used);
            Tell(attempt, "approval.used", workspace, approved, used, $"approved by {approved.DecidedBy}");
            return (null, approved);
        }

        if (known.Count > 0)
        {
            return (await AwaitsAsync(attempt, workspace, known[0], ct), null);
        }

        var asked = new Approval
        {
            WorkspaceId = workspace.Id,
            Id = Id<Approval>.New(attempt.Time),
            Act = act,
            TargetId = target.Id,
            TargetName = target.Name,
            Value = value,
            AskedKind = actor.Kind,
            AskedById = asker,
            AskedBy = actor.Name,
            AskedAt = at,
            ExpiresAt = at + Approval.Lives,
            State = ApprovalState.Waiting,
            Version = 1,
        };
        attempt.Changes.Add(asked);
        Tell(attempt, "approval.asked", workspace, null, asked, null);
        attempt.Changes.Send(OutboxKind.ApprovalMail, asked.Id.Value, "approval:" + asked.Id, workspace.Id);
        return ((await AwaitsAsync(attempt, workspace, asked, ct)).ButWritten(), null);
    }

    /// <summary>Whether the workspace asks for a second admin.</summary>
    public static bool IsOn(WorkspaceConfiguration configuration, FourEyesAct act) => configuration.FourEyes?.Contains(act) == true;

    /// <summary>
    /// Ways on which nobody could look twice: an invitation or a rule that gives an admin's role. Null where nothing stands against it.
    /// </summary>
    public static Refusal? AgainstWayRound(WorkspaceConfiguration configuration, Actor actor, string? role) =>
        !actor.Unlimited && IsOn(configuration, FourEyesAct.GrantAdmin) && configuration.Role(role) is { IsAdmin: true } admin
            ? new(
                RefusalKind.Conflict,
                "needsApproval",
                $"Here a second admin approves whoever becomes {admin.Label}. Bring them in with another role, then change it.",
                "role"
            )
            : null;

    /// <summary>
    /// What one admin alone must not change of a configuration: that two are asked for, and what is an admin's role. Null where nothing
    /// stands against it.
    /// </summary>
    public static Refusal? Against(WorkspaceConfiguration now, Actor actor, WorkspaceConfiguration wanted)
    {
        if (actor.Unlimited)
        {
            return null;
        }

        if ((now.FourEyes ?? []).Except(wanted.FourEyes ?? []).Any())
        {
            return Stays("That a second admin is asked for is taken back by whoever runs the server alone.", "fourEyes");
        }

        if (IsOn(now, FourEyesAct.ReleaseHeld) && now.Scim.Hold is { } hold && hold.IsLoosenedBy(wanted.Scim.Hold))
        {
            return Stays("Here a second admin approves what is carried out: one alone does not let more through than before.", "scim.hold");
        }

        if (!IsOn(now, FourEyesAct.GrantAdmin))
        {
            return null;
        }

        return wanted.Roles.Any(r => r.IsAdmin && now.Role(r.Key) is not { IsAdmin: true })
                ? Stays("Here a second admin approves new admins: no role is made an admin's by one alone.", "roles")
            : wanted.Rules?.MayGiveAdmin == true && now.Rules?.MayGiveAdmin != true
                ? Stays("Here a second admin approves new admins: no rule makes them.", "rules.mayGiveAdmin")
            : null;
    }

    internal static void Tell(Attempt attempt, string act, WorkspaceContext workspace, Approval? before, Approval after, string? reason) =>
        attempt.Changes.Tell(
            act,
            workspace.Id,
            ("approval", after.Id.Value, after.Sentence(workspace.Configuration)),
            before,
            after,
            reason
        );

    private static async Task<Refusal> AwaitsAsync(Attempt attempt, WorkspaceContext workspace, Approval asked, CancellationToken ct)
    {
        var until = asked.ExpiresAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        var isAlone = (await Counts.ReadAsync(attempt.Db, workspace.Id, ct)).Admins <= 1;
        return new(
            RefusalKind.Conflict,
            "awaitsApproval",
            isAlone && asked.AskedKind != ActorKind.PortalLink
                    ? $"A second admin has to approve this, and you are the only one. Whoever runs the server can until {until}: "
                        + $"usermanagement approvals approve {workspace.Row.Slug} {asked.Id}"
                : asked.AskedKind == ActorKind.PortalLink
                    ? $"An admin has to approve this; they were told by mail. Press again when that is done. It waits until {until}."
                : $"A second admin has to approve this; they were told by mail. It waits until {until}."
        );
    }

    private static Refusal Stays(string sentence, string field) => new(RefusalKind.Conflict, "fourEyesStays", sentence, field);
}
