using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// The operator makes somebody an admin of a workspace and gets a link that signs them in once: the first admin, or the
/// way back in when nobody else can get in. The operator's word stands for the proof of the address, so a stranger's
/// account under it loses the name; where the account is a member already, under whatever name, that member becomes the
/// admin, and nobody is made a second time. Seats and slots count as for everybody. An earlier link of the person is void.
/// Refusals: <c>forbidden</c> (not the operator), <c>notFound</c>, <c>noAdminRole</c>, <c>directoryInactive</c>,
/// <c>otherAccount</c> (the member of that name signs in with another account), <c>loginTaken</c>, <c>seatsFull</c> and the like, an
/// invalid address.
/// </summary>
public sealed class InviteAdmin(Store store)
{
    /// <summary>Makes the admin.</summary>
    /// <param name="actor">The operator.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="email">The address; also the name to sign in with.</param>
    /// <param name="lifetime">How long the link works.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>The link's secret, in clear this once.</returns>
    public async Task<Outcome<string>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        string email,
        TimeSpan lifetime,
        CancellationToken ct
    )
    {
        if (!actor.Unlimited)
        {
            return Refusal.Forbidden("Only whoever runs the server may do this.");
        }

        email = Key.Identifier(email.Trim());
        if (!EmailAddress.IsValid(email))
        {
            return Refusal.Invalid("email", "This is no valid e-mail address.");
        }

        return await store.ChangeAsync<string>(
            actor,
            workspaceId,
            "admin.invited",
            async attempt =>
            {
                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                if (workspace.Configuration.Roles.Where(r => r.IsAdmin).MaxBy(r => r.Rank) is not { } role)
                {
                    return new Refusal(RefusalKind.Conflict, "noAdminRole", "The workspace's configuration has no admin role.");
                }

                if (!(await AccountAsync(attempt, email, ct)).Is(out var account, out var taken))
                {
                    return taken;
                }

                // Whom the account is already, whatever the directory calls them by now; else who has the address as their name.
                var own = await attempt
                    .Db.Members.AsNoTracking()
                    .Where(m => m.WorkspaceId == workspaceId && m.AccountId == account.Id && m.State != MemberState.Ended)
                    .Select(m => (Id<Member>?)m.Id)
                    .FirstOrDefaultAsync(ct);
                var file = own is { } id
                    ? await MemberWithGrants.ReadAsync(attempt.Db, workspaceId, id, ct)
                    : await MemberWithGrants.ByUserNameAsync(attempt.Db, workspaceId, email, ct);
                if (Against(file?.Member, account) is { } against)
                {
                    return against;
                }

                if (file is not null && await RuleLock.CheckAsync(attempt.Db, workspace, file, GrantKind.Role, ct) is { } locked)
                {
                    return locked;
                }

                var member =
                    file?.Member
                    ?? new Member
                    {
                        WorkspaceId = workspaceId,
                        Id = Id<Member>.New(attempt.Time),
                        UserName = email,
                        Email = email,
                        State = MemberState.Invited,
                        Role = role.Key,
                        SortKey = "",
                        CreatedAt = attempt.At,
                        ModifiedAt = attempt.At,
                        Version = 0,
                    };
                var grants = (file?.Grants ?? ProvisionMember.JoinGrants(attempt, workspace, member.Id, GrantOrigin.Join)).With(
                    ProvisionMember.NewGrant(attempt, workspaceId, member.Id, GrantKind.Role, GrantOrigin.Admin, role.Key)
                );
                var wanted = member with { AccountId = account.Id, LocalBlock = LocalBlock.None, JoinedAt = member.JoinedAt ?? attempt.At };
                var placed = await Admission.PlaceAsync(attempt, workspace, file, wanted, grants, null, ct);
                if (!placed.Is(out var admin, out var refusal))
                {
                    return refusal;
                }

                if (admin.Role != role.Key)
                {
                    // a way in that is no admin's would help nobody
                    return workspace.Full(new(workspaceId, CounterKind.Seats), attempt.At);
                }

                attempt.Changes.Tell("admin.invited", workspaceId, ("member", admin.Id.Value, admin.ShownName), file?.Member, admin);
                return await OneTimeLinks.PrintAsync(attempt, account.Id, workspaceId, lifetime, ct);
            },
            ct
        );
    }

    private static async Task<Outcome<Account>> AccountAsync(Attempt attempt, string email, CancellationToken ct)
    {
        var key = Key.Of(email);
        if (await attempt.Db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.ProvenEmailKey == key, ct) is { } known)
        {
            attempt.Changes.Update(known, known with { Version = known.Version + 1 }); // who erases the account at this moment looks again
            return known;
        }

        var claimed = await LoginNames.ClaimAsync(attempt, email, email, key, email, null, ct);
        return claimed.Is(out var login, out var refusal) ? login.Account : refusal;
    }

    private static Refusal? Against(Member? member, Account account) =>
        member switch
        {
            { } stranger when !stranger.State.IsKnown() => new(
                RefusalKind.Conflict,
                "laterState",
                "A later version of this server put this person into a state that this one does not know. Remove them first, "
                    + "or use that version."
            ),
            { DirectoryActive: false, HeldAs: null } => new(
                RefusalKind.Conflict,
                "directoryInactive",
                "The directory says that this person is inactive. Activate them there."
            ),
            { AccountId: { } other } when other != account.Id => new(
                RefusalKind.Conflict,
                "otherAccount",
                "The member of this name signs in with another account."
            ),
            _ => null,
        };
}
