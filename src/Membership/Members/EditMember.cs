using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members.Terms;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// An admin changes several things of one member in one go: names, role, license, groups, the end of their time. All of it or nothing, by
/// the rules for each (<see cref="MemberNames"/>, <see cref="AssignRole"/>, <see cref="AssignLicense"/>, <see cref="ReviseGroup"/>,
/// <see cref="SetMemberTerm"/>), with the audit line of each. Refusals: theirs, all that stand against it at once
/// (<see cref="Refusal.Also"/>); <c>stale</c>; <c>ruleGiven</c> also where a rule gives something to who is in a group that changes: that
/// is changed by itself.
/// </summary>
public sealed class EditMember(Store store)
{
    /// <summary>Changes what the edit names; nothing happens where nothing differs.</summary>
    public Task<Outcome<EditedMember>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Member> id,
        MemberEdit edit,
        CancellationToken ct
    ) => store.ChangeAsync<EditedMember>(actor, workspaceId, edit.Act, attempt => PlanAsync(attempt, workspaceId, id, edit, ct), ct);

    private static async Task<Outcome<EditedMember>> PlanAsync(
        Attempt attempt,
        Id<Workspace> workspaceId,
        Id<Member> id,
        MemberEdit edit,
        CancellationToken ct
    )
    {
        var (db, actor) = (attempt.Db, attempt.Actor);
        attempt.Concerns(id);
        if (
            (
                (edit.MovesAlone ? null : actor.Demand(workspaceId, Permission.ManageMembers))
                ?? (edit.Moves ? actor.Demand(workspaceId, Permission.ManageGroups) : null)
            ) is
            { } refused
        )
        {
            return refused;
        }

        if (
            await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace
            || await MemberWithGrants.ReadAsync(db, workspaceId, id, ct) is not { } file
        )
        {
            return Refusal.NotFound("member");
        }

        if (!edit.MovesAlone && workspace.Configuration.MayTouch(actor, file.Member.Role) is { } beyond)
        {
            return beyond;
        }

        if (edit.Seen is { } seen && seen != file.Member.Version)
        {
            return Refusal.Stale();
        }

        var wanted = new Wanted(attempt, workspace, file);
        wanted.Name(edit.Names);
        await wanted.RoleAsync(edit.Role, ct);
        await wanted.LicenseAsync(edit.License, ct);
        var moves = new MemberMoves(attempt, workspace, file.Member, edit);
        wanted.Against.AddRange(await moves.CheckAsync(wanted.Differs, ct));
        var term = await db.MemberTerms.AsNoTracking().FirstOrDefaultAsync(t => t.WorkspaceId == workspaceId && t.MemberId == id, ct);
        var (end, sponsor, noTerm) = edit.Term is { } asked ? await TermAsync(attempt, workspace, file.Member, term, asked, ct) : default;
        wanted.Against.AddRange(noTerm is null ? [] : new[] { noTerm });
        if (wanted.Against is [var first, .. var rest])
        {
            return first with { Also = rest };
        }

        // Nothing is queued yet: what is asked of a second admin is written, and nothing beside it.
        if (wanted.Role && await AssignRole.SecondAdminAsync(attempt, workspace, file, edit.Role!, ct) is { } alone)
        {
            return edit.IsRoleAlone ? alone : alone with { Message = alone.Message + " Nothing else of this was saved." };
        }

        if (!(await wanted.PlaceAsync(ct)).Is(out var after, out var full))
        {
            return full;
        }

        if (await moves.WriteAsync(ct) is { } noMove)
        {
            return noMove;
        }

        var termAfter = edit.Term is null ? term : SetMemberTerm.Write(attempt, file.Member, term, end, sponsor);
        return new EditedMember(file.Member, after, moves.Joined, moves.Left, termAfter)
        {
            TermChanged = termAfter != term,
            NamesChanged = wanted.Names,
            RoleChanged = wanted.Role,
            LicenseChanged = wanted.License,
        };
    }

    private static async Task<(DateTimeOffset? End, Id<Member>? Sponsor, Refusal? Refusal)> TermAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        Member member,
        MemberTerm? now,
        TermEdit edit,
        CancellationToken ct
    )
    {
        if (edit.Seen is { } seen && seen.SetAt != now?.SetAt)
        {
            return (null, null, Refusal.Stale());
        }

        if (!LastDay.TryRead(edit.LastDay, out var end))
        {
            return (null, null, Refusal.Invalid("endsAt", LastDay.Form));
        }

        if (end is null && now is null && edit.Sponsor.Length > 0)
        {
            return (null, null, Refusal.Invalid("sponsor", "A sponsor goes with an end."));
        }

        Id<Member>? sponsor =
            edit.Sponsor.Length == 0
                ? null
                : (await MemberWithGrants.ByUserNameAsync(attempt.Db, workspace.Id, edit.Sponsor, ct))?.Member.Id ?? default(Id<Member>);
        return (end, sponsor, await SetMemberTerm.AgainstAsync(attempt, workspace.Id, member.Id, end, sponsor, ct));
    }

    /// <summary>What the member's own row and grants are to be, and what stands against it.</summary>
    private sealed class Wanted(Attempt attempt, WorkspaceContext workspace, MemberWithGrants file)
    {
        private readonly MemberWithGrants _file = file;
        private MemberWithGrants _wanted = file;

        public List<Refusal> Against { get; } = [];

        public bool Names { get; private set; }

        public bool Role { get; private set; }

        public bool License { get; private set; }

        public bool Differs => Names || Role || License;

        public void Name(NameChange? change)
        {
            if (change is not null)
            {
                Names = Take(MemberNames.Named(_wanted, change));
            }
        }

        public async Task RoleAsync(string? role, CancellationToken ct)
        {
            if (role is not null)
            {
                Role = Take(
                    attempt.Actor.Member == _file.Member.Id ? AssignRole.OwnRole()
                    : await RuleLock.CheckAsync(attempt.Db, workspace, _file, GrantKind.Role, ct) is { } locked ? locked
                    : AssignRole.Given(attempt, workspace, _wanted, role)
                );
            }
        }

        public async Task LicenseAsync(LicenseEdit? edit, CancellationToken ct)
        {
            if (edit is not null)
            {
                License = Take(
                    await RuleLock.CheckAsync(attempt.Db, workspace, _file, GrantKind.License, ct) is { } locked
                        ? locked
                        : AssignLicense.Given(attempt, workspace, _wanted, edit.License)
                );
            }
        }

        /// <summary>Places the member once, and tells of each kind of change what it changed.</summary>
        public async Task<Outcome<Member>> PlaceAsync(CancellationToken ct)
        {
            if (!Differs)
            {
                return _file.Member;
            }

            var placed = await Admission.PlaceAsync(attempt, workspace, _file, _wanted.Member, _wanted.Grants, null, ct);
            if (!placed.Is(out var after, out _))
            {
                return placed;
            }

            if (Role)
            {
                await PendingInvitations.SetRoleAsync(attempt, after, ct);
            }

            var before = _file.Member;
            var named = before with { GivenName = after.GivenName, FamilyName = after.FamilyName, DisplayName = after.DisplayName };
            Tell("member.edited", Names, Role || License ? named : after);
            Tell("role.changed", Role, License ? after with { License = before.License } : after);
            Tell("license.changed", License, after);
            return after;

            void Tell(string act, bool isChanged, Member now)
            {
                if (isChanged)
                {
                    attempt.Changes.Tell(act, workspace.Id, ("member", after.Id.Value, after.ShownName), before, now);
                    before = now;
                }
            }
        }

        private bool Take(Outcome<MemberWithGrants> change)
        {
            if (!change.Is(out var next, out var refusal))
            {
                Against.Add(refusal);
                return false;
            }

            var differs = next.Member != _wanted.Member || !ReferenceEquals(next.Grants, _wanted.Grants);
            _wanted = next;
            return differs;
        }
    }
}
