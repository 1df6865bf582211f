using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// A directory brings a person in (SCIM POST, RFC 7644 section 3.3); whom it deleted while that is held comes back as they were, see
/// <see cref="HeldReturn"/>. Refusals: <c>userNameTaken</c>, <c>seatsFull</c>,
/// <c>slotsFull</c>, <c>licensesFull</c>, an invalid value.
/// </summary>
public sealed class ProvisionMember(Store store)
{
    /// <summary>Makes the member, active or not as the directory says.</summary>
    /// <param name="actor">The directory.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="sent">What it says of the person.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <param name="beside">Stale where the person comes into groups by rules, or was here and may be in some.</param>
    public Task<Outcome<Member>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        MemberAttributes sent,
        CancellationToken ct,
        ReadBeside? beside = null
    ) =>
        store.ChangeAsync<Member>(
            actor,
            workspaceId,
            "member.provisioned",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageMembers) is { } refused)
                {
                    return refused;
                }

                if (sent.Check() is { } wrong)
                {
                    return wrong;
                }

                // most names are new: the unique index says when one is not, and the next try looks
                var (workspace, isTaken) = await MemberWithGrants.OpenAsync(
                    attempt.Db,
                    workspaceId,
                    attempt.IsFirst ? null : sent.UserName,
                    ct,
                    beside
                );
                if (workspace is null)
                {
                    return Refusal.NotFound("workspace");
                }

                if (!DirectoryMapping.Taken(workspace.Configuration, actor, sent).Is(out var facts, out var refusal))
                {
                    return refusal;
                }

                if (facts.SentUserName is not null && !attempt.IsFirst)
                {
                    isTaken = await MemberWithGrants.ByUserNameAsync(attempt.Db, workspaceId, facts.UserName, ct) is not null;
                }

                if (await SentNames.IsTakenAsync(attempt, workspace, sent.UserName, null, ct))
                {
                    return UserNameTaken();
                }

                if (facts.Check() is { } wrongNow)
                {
                    return wrongNow;
                }

                if (isTaken)
                {
                    beside?.Expire();
                    return await HeldReturn.PlaceAsync(attempt, workspace, facts, ct)
                        ?? await Matches.TakenAsync(attempt, workspace, facts.UserName, ct);
                }

                var member = Described(
                    new Member
                    {
                        WorkspaceId = workspaceId,
                        Id = Id<Member>.New(attempt.Time),
                        UserName = facts.UserName,
                        State = MemberState.Provisioned,
                        Role = workspace.Configuration.Join.DefaultRole,
                        SortKey = "",
                        CreatedAt = attempt.At,
                        ModifiedAt = attempt.At,
                        Version = 0,
                    },
                    facts
                ) with
                {
                    DirectoryActive = facts.Active,
                };
                member = await Breaker.PassAsync(attempt, workspace, null, member, ct);
                var (grants, fill) = await RuleMoves.NewcomerAsync(
                    attempt,
                    workspace,
                    member,
                    JoinGrants(attempt, workspace, member.Id, GrantOrigin.Directory),
                    ct
                );
                var placed = await Admission.PlaceAsync(attempt, workspace, null, member, grants, facts.Keys, ct);
                if (placed.Is(out var done, out _))
                {
                    if (fill is not null)
                    {
                        beside?.Expire();
                        await fill();
                    }

                    attempt.Changes.Tell(
                        done.HeldAs is null ? "member.provisioned" : "member.admissionHeld",
                        workspaceId,
                        ("member", done.Id.Value, done.ShownName),
                        after: done,
                        passedOver: facts.PassedOver
                    );
                }

                return placed;
            },
            ct
        );

    /// <summary>Somebody of that name is there already; the directory finds and updates them instead.</summary>
    internal static Refusal UserNameTaken() =>
        new(RefusalKind.Conflict, "userNameTaken", "Somebody with this userName is already there.", "userName");

    /// <summary>The member with what the directory says about them.</summary>
    internal static Member Described(Member member, MemberAttributes facts) =>
        member with
        {
            UserName = facts.UserName,
            SentUserName = facts.SentUserName,
            ExternalId = facts.ExternalId,
            DisplayName = facts.DisplayName,
            GivenName = facts.GivenName,
            FamilyName = facts.FamilyName,
            Email = facts.Email,
            Document = facts.Document,
        };

    /// <summary>What the workspace's rule for newcomers gives.</summary>
    internal static IReadOnlyList<Grant> JoinGrants(
        Attempt attempt,
        WorkspaceContext workspace,
        Id<Member> member,
        GrantOrigin origin,
        string? roleKey = null
    )
    {
        var join = workspace.Configuration.Join;
        var role = NewGrant(attempt, workspace.Id, member, GrantKind.Role, origin, roleKey ?? join.DefaultRole);
        return join.DefaultLicense is { } license ? [role, role with { Kind = GrantKind.License, Value = license }] : [role];
    }

    /// <summary>A grant by the actor of this try.</summary>
    internal static Grant NewGrant(
        Attempt attempt,
        Id<Workspace> workspace,
        Id<Member> member,
        GrantKind kind,
        GrantOrigin origin,
        string value,
        string originId = ""
    ) =>
        new()
        {
            WorkspaceId = workspace,
            MemberId = member,
            Kind = kind,
            Origin = origin,
            OriginId = originId,
            Value = value,
            GivenBy = attempt.Actor.Name,
            GivenAt = attempt.At,
        };
}
