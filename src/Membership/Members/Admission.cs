using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// The ONE way in, and the one way a member is placed anew: SCIM, redemption, an admin's restore or change of role all
/// end here. It derives the state from the facts, the role and license from the grants, and decides what happens when
/// there is no room; <see cref="Seats"/> settles what it takes.
/// </summary>
internal static class Admission
{
    /// <summary>Places a member and queues all that follows: the row, the grants, the keys, the counts.</summary>
    /// <param name="attempt">The try it belongs to.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="before">The member's file as it was read; null for somebody new.</param>
    /// <param name="after">The member as wanted: facts set; state, role, license and seat are derived here.</param>
    /// <param name="grants">All grants as wanted.</param>
    /// <param name="keys">The door's own keys; null leaves them as they are (for somebody new: the address).</param>
    /// <param name="ct">Stops the reading.</param>
    /// <param name="inTurn">Whether it is this member's turn to get the seat for which they wait.</param>
    /// <param name="from">
    /// Who was here in another row and goes on in this one: what they have there they have here, without a moment in between. Null for
    /// nobody.
    /// </param>
    /// <returns>The member as placed, or why there is no place.</returns>
    public static async Task<Outcome<Member>> PlaceAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        MemberWithGrants? before,
        Member after,
        IReadOnlyList<Grant> grants,
        IReadOnlyList<FindableBy>? keys,
        CancellationToken ct,
        bool inTurn = false,
        GoesOn? from = null
    )
    {
        after = MemberStateRules.WithoutSettledHold(after);
        var stands = from?.Standing ?? before;
        if (await OtherMemberAsync(attempt, stands, after, ct) is { } two)
        {
            return two;
        }

        var configuration = workspace.Configuration;
        var state = MemberStateRules.Of(after);
        var enters = state == MemberState.Active && stands?.Member.State != MemberState.Active;
        var (role, refusal) = RoleFor(
            attempt,
            workspace,
            stands,
            grants,
            state,
            enters,
            after.JoinedAt is null || stands?.Member.JoinedAt is null,
            inTurn,
            after.IsDirectoryManaged
        );
        if (refusal is not null)
        {
            return refusal;
        }

        var (license, noLicense) = LicenseFor(attempt, workspace, stands, grants, state, enters);
        if (noLicense is not null)
        {
            return noLicense;
        }

        if (enters && attempt.IsFull(workspace, CounterKind.Slots))
        {
            return workspace.Full(new(workspace.Id, CounterKind.Slots), attempt.At);
        }

        var placed = after with
        {
            State = state,
            JoinedAt = enters ? after.JoinedAt ?? attempt.At : after.JoinedAt,
            Role = role?.Value ?? stands?.Member.Role ?? configuration.Join.DefaultRole,
            License = license is { Value.Length: > 0 } ? license.Value : null,
            UserNameKey = await ApartNames.KeyAsync(attempt, before?.Member, after, ct),
            WaitsSince = Waits(configuration, role, state)
                ? stands?.Member.WaitsSince ?? (state == MemberState.Active ? attempt.At : null)
                : null,
        };
        if (before?.Member.AccountId is { } former && former != placed.AccountId && placed.TermsAcceptedAt == before.Member.TermsAcceptedAt)
        {
            placed = placed with { AcceptedTerms = null, TermsAcceptedAt = null }; // somebody else accepted them
        }

        if (from is not null)
        {
            await EndRowAsync(attempt, configuration, from.Gone, after.Id, ct); // first, for it gives the account up
        }

        var settled = Seats.Settle(configuration, before?.Member, placed, attempt.At, from?.Gone.Member);
        attempt.Changes.Write(settled);
        if (stands?.Member.HasSeat == true && !settled.After.HasSeat && configuration.Role(configuration.Join.FallbackRole) is not null)
        {
            attempt.FreesSeatsOf = workspace;
        }

        await WantedSeats.FollowAsync(attempt, workspace, before?.Member, settled.After, ct);
        await PendingInvitations.SettleAsync(attempt, workspace, before?.Member, settled.After, ct);
        await ApartNames.HandOnAsync(attempt, before?.Member, settled.After, ct);
        WriteGrants(attempt.Changes, before?.Grants ?? [], Replace(Replace(grants, role), license));
        await MemberKeys.WriteAsync(attempt, before?.Member, settled.After, keys, ct);
        return settled.After;
    }

    /// <summary>Queues the end of a row whose person goes on in another: it keeps who they were, and gives all that they have up.</summary>
    private static async Task EndRowAsync(
        Attempt attempt,
        WorkspaceConfiguration configuration,
        MemberWithGrants gone,
        Id<Member> into,
        CancellationToken ct
    )
    {
        var after = gone.Member.WithoutHold() with { State = MemberState.Ended, AccountId = null, WaitsSince = null, MergedInto = into };
        var ended = Seats.Settle(configuration, gone.Member, after, attempt.At);
        attempt.Changes.Write(ended);
        await ApartNames.HandOnAsync(attempt, gone.Member, ended.After, ct);
        WriteGrants(attempt.Changes, gone.Grants, []);
        await MemberKeys.WriteAsync(attempt, gone.Member, ended.After, null, ct);
    }

    /// <summary>
    /// An account is one member of a workspace at most, the removed included, for they may come back. Asked of whoever is linked
    /// to an account anew; of two at once a unique index lets one through.
    /// </summary>
    private static async Task<Refusal?> OtherMemberAsync(Attempt attempt, MemberWithGrants? before, Member after, CancellationToken ct) =>
        after.AccountId is { } account
        && after.State != MemberState.Ended
        && before?.Member.AccountId != account
        && await attempt.Db.Members.AnyAsync(
            m => m.WorkspaceId == after.WorkspaceId && m.AccountId == account && m.Id != after.Id && m.State != MemberState.Ended,
            ct
        )
            ? new(RefusalKind.Conflict, "alreadyMember", "This account is here already, under another user name.")
            : null;

    private static (Grant? Grant, Refusal? Refusal) RoleFor(
        Attempt attempt,
        WorkspaceContext workspace,
        MemberWithGrants? before,
        IReadOnlyList<Grant> grants,
        MemberState state,
        bool enters,
        bool first,
        bool inTurn,
        bool byDirectory
    )
    {
        var configuration = workspace.Configuration;
        if (Grants.ForRole(configuration, grants) is not { } grant || state != MemberState.Active)
        {
            return (Grants.ForRole(configuration, grants), null);
        }

        var assigns = configuration.AutoAssigns(byDirectory);
        var wanted =
            grant.Wanted is { } meant && configuration.Role(meant) is not null && (inTurn || (enters && (first || assigns)))
                ? meant
                : grant.Value;
        if (configuration.Role(wanted) is not { NeedsSeat: true } role)
        {
            return (grant with { Value = wanted, Wanted = wanted == grant.Wanted ? null : grant.Wanted }, null);
        }

        var fallback = configuration.Role(configuration.Join.FallbackRole);
        var byPerson =
            grant.Origin is GrantOrigin.Admin or GrantOrigin.Group
            || (role.IsAdmin && grant.Origin == GrantOrigin.Invitation && configuration.Join.AdminKeepsRole);
        if (enters && first && !assigns && !byPerson && fallback is not null)
        {
            return (grant with { Value = fallback.Key, Wanted = wanted }, null);
        }

        // Who waits for a seat gets one when it is their turn, whoever says that they are to have it.
        var queues = configuration.GivesSeatsInTurn && before is { Member.IsWaiting: true };
        var seated = before?.Member.HasSeat == true;
        if (inTurn || seated || !(queues || attempt.IsFull(workspace, CounterKind.Seats)))
        {
            return (grant with { Value = wanted, Wanted = null }, null);
        }

        var comesWithout =
            configuration.GivesSeatsInTurn
            || ((enters || grant.Origin != GrantOrigin.Admin) && configuration.Capacity.OnFull != OnFull.Refuse);
        return comesWithout && fallback is not null
            ? (grant with { Value = fallback.Key, Wanted = wanted }, null)
            : (null, workspace.Full(new(workspace.Id, CounterKind.Seats), attempt.At));
    }

    /// <summary>Whether the role that counts was to be one that needs a seat; not of whoever was removed.</summary>
    private static bool Waits(WorkspaceConfiguration configuration, Grant? role, MemberState state) =>
        state is MemberState.Active or MemberState.Suspended
        && role?.Wanted is { } wanted
        && configuration.Role(wanted) is { NeedsSeat: true }
        && configuration.Role(role.Value) is { NeedsSeat: false };

    private static (Grant? Grant, Refusal? Refusal) LicenseFor(
        Attempt attempt,
        WorkspaceContext workspace,
        MemberWithGrants? before,
        IReadOnlyList<Grant> grants,
        MemberState state,
        bool enters
    )
    {
        if (Grants.ForLicense(workspace.Configuration, grants) is not { } grant || !Seats.TakesLicense(workspace.Configuration, state))
        {
            return (Grants.ForLicense(workspace.Configuration, grants), null);
        }

        var wanted = grant.Wanted ?? grant.Value;
        var held =
            before is not null && before.Member.License == wanted && Seats.TakesLicense(workspace.Configuration, before.Member.State);
        if (held || !attempt.IsFull(workspace, CounterKind.License, wanted))
        {
            return (grant with { Value = wanted, Wanted = null }, null);
        }

        // Nobody comes in without a license that everybody needs, and no admin is told that one was given when none was.
        // A change of something else goes through all the same: the license stays wanted.
        var refused =
            state == MemberState.Invited // an invitation that reserves one is none without it
            || (
                enters
                    ? workspace.Configuration.Join.LicenseRequired
                    : grant.Origin == GrantOrigin.Admin && before?.Grants.Contains(grant) != true
            );
        return refused
            ? (null, workspace.Full(new(workspace.Id, CounterKind.License, wanted), attempt.At))
            : (grant with { Value = "", Wanted = wanted }, null);
    }

    private static IReadOnlyList<Grant> Replace(IReadOnlyList<Grant> grants, Grant? decided) =>
        decided is null ? grants : grants.With(decided);

    private static void WriteGrants(Changes changes, IReadOnlyList<Grant> before, IReadOnlyList<Grant> after)
    {
        foreach (var old in before)
        {
            if (after.FirstOrDefault(g => Grants.SamePlace(g, old)) is { } same)
            {
                changes.Update(old, same);
            }
            else
            {
                changes.Remove(old, mustExist: false);
            }
        }

        foreach (var grant in after.Where(g => !before.Any(old => Grants.SamePlace(g, old))))
        {
            changes.Add(grant);
        }
    }
}
