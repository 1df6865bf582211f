using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// Which membership of a workspace a signed-in identity is, if any: a person of the directory whom <see cref="LinkProof"/>
/// links to it, or somebody unknown whom the lists admit. Everybody else needs an invitation.
/// </summary>
internal static class JustInTimeMembership
{
    /// <summary>Nobody knows this identity here.</summary>
    public static Refusal Unknown() =>
        new(
            RefusalKind.Forbidden,
            "unknownPerson",
            "Nobody here knows this account yet. Open the link of your invitation, sign in as you did before, or ask an admin "
                + "for an invitation: also where your organisation added you already."
        );

    /// <summary>The sign-in brought no name that somebody may join under.</summary>
    public static Refusal NoProvenName(IdentityConnection connection) =>
        new(
            RefusalKind.Forbidden,
            "noProvenName",
            $"{connection.Name} sent no name or address of yours that it stands for, so you cannot join by yourself. Verify "
                + $"your address there and sign in again, or ask an admin for an invitation."
        )
        {
            ForAdmins =
                "Somebody would have joined, but the provider sent neither a verified address nor a user name that people "
                + "cannot choose there.",
        };

    /// <summary>Links for somebody whose account is known; does nothing when there is nothing to link.</summary>
    /// <returns>Why somebody of their user name was not linked to them, for the admins; null otherwise.</returns>
    public static async Task<Refusal?> TryAsync(
        Attempt attempt,
        IdentityConnection connection,
        WorkspaceContext workspace,
        ProvenIdentity who,
        Id<Accounts.Account> account,
        CancellationToken ct
    )
    {
        // The account's version is read first and named when it is written: of two ways into one workspace at once, one wins.
        if (
            await attempt.Db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == account, ct) is not { } row
            || await attempt.Db.Members.AnyAsync(
                m => m.WorkspaceId == workspace.Id && m.AccountId == account && m.State != MemberState.Ended,
                ct
            )
        )
        {
            return null;
        }

        var (file, unlike) = await FindAsync(attempt, connection, workspace, who, ct);
        if (
            file is { Member: { AccountId: null, State: MemberState.Active } }
            && await LinkAsync(attempt, workspace, file, account, ct) is null
        )
        {
            attempt.Changes.Update(row, row with { Version = row.Version + 1 });
        }

        return unlike;
    }

    /// <summary>Finds or makes the membership of a new account.</summary>
    /// <returns>Null when it is planned.</returns>
    public static async Task<Refusal?> RunAsync(
        Attempt attempt,
        IdentityConnection connection,
        WorkspaceContext workspace,
        ProvenIdentity who,
        Id<Accounts.Account> account,
        CancellationToken ct
    )
    {
        var (file, unlike) = await FindAsync(attempt, connection, workspace, who, ct);
        if (file is not null)
        {
            return file.Member switch
            {
                { AccountId: not null } => new(
                    RefusalKind.Conflict,
                    "otherAccount",
                    "You have an account here and sign in to it another way. Sign in as you did before, and link this account to it."
                ),
                { State: not MemberState.Active } => new(
                    RefusalKind.Forbidden,
                    "suspended",
                    $"Your access to {workspace.Row.Name} is switched off at the moment. Ask one of its admins to switch it on again."
                ),
                _ => await LinkAsync(attempt, workspace, file, account, ct),
            };
        }

        if (unlike is not null)
        {
            return unlike;
        }

        // Who is invited by the very address that the provider proved gets an account; the invitation is found by it and accepted next.
        if (
            connection.IsPlatform
            && who is { EmailProven: true, Email: { } address }
            && await Invitations.ListOwnInvitations.IsInvitedAsync(attempt, workspace, address, ct)
        )
        {
            return null;
        }

        var byDomain =
            who.EmailProven && LinkProof.NameOfNewcomer(connection, who) == who.Email
                ? await DomainRules.OpenForAsync(attempt.Db, workspace, who.Email, ct)
                : null;
        if (byDomain is { Join: DomainJoin.Request } && !ConnectionPolicy.AdmitsUnknown(connection, workspace, who))
        {
            return await AskToJoin.WaitAsync(attempt, workspace, byDomain, who.Email!, ct);
        }

        if (byDomain is null && !ConnectionPolicy.AdmitsUnknown(connection, workspace, who))
        {
            return Unknown();
        }

        if (LinkProof.NameOfNewcomer(connection, who) is not { } name || Key.Check("userName", name) is not null)
        {
            return NoProvenName(connection);
        }

        // A name that is taken, invited people included, is never handed to a newcomer for its likeness.
        return await MemberWithGrants.ByUserNameAsync(attempt.Db, workspace.Id, name, ct) is not { } there
            ? await JoinAsync(attempt, workspace, who, name, account, byDomain is null ? null : DomainRules.RoleOf(workspace, byDomain), ct)
            : Unknown() with
            {
                ForAdmins =
                    $"Somebody would have joined by the user name of {FailedSignIn.Named(there.Member.UserName)}, who is there "
                    + $"already. If it is the same person, invite them.",
            };
    }

    /// <summary>The directory's person that this is; or why it is not the one whose user name came, as the refusal of a stranger.</summary>
    private static async Task<(MemberWithGrants? File, Refusal? Unlike)> FindAsync(
        Attempt attempt,
        IdentityConnection connection,
        WorkspaceContext workspace,
        ProvenIdentity who,
        CancellationToken ct
    )
    {
        if (LinkProof.ByExternalId(connection, workspace, who) && await ByExternalIdAsync(attempt, workspace, who.Subject, ct) is { } same)
        {
            return (same, null);
        }

        if (
            string.IsNullOrWhiteSpace(who.UserName)
            || await MemberWithGrants.ByUserNameAsync(attempt.Db, workspace.Id, who.UserName, ct)
                is not { Member: { IsDirectoryManaged: true } member } file
        )
        {
            return (null, null);
        }

        return !LinkProof.ByUserName(connection, workspace, who)
                ? (null, Unlike(connection, member, "at this sign-in a user name alone proves nothing"))
            : LinkProof.IsAnothers(member, who)
                ? (null, Unlike(connection, member, "the externalId that the directory sent is another account's"))
            : (file, null);
    }

    private static Refusal Unlike(IdentityConnection connection, Member member, string why) =>
        Unknown() with
        {
            ForAdmins =
                $"Somebody came with the user name of {FailedSignIn.Named(member.UserName)}, whom your directory added, but {why}. "
                + (
                    member.AccountId is null
                        ? "If it is the same person, invite them; or let the directory send the provider's id of a person as externalId"
                            + (
                                connection is { Kind: ConnectionKind.Oidc, SubjectIsExternalId: false, IsPlatform: false }
                                    ? ", and say so at this connection if nobody can choose it there."
                                    : "."
                            )
                        : "They sign in another way already."
                ),
        };

    private static async Task<MemberWithGrants?> ByExternalIdAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        string subject,
        CancellationToken ct
    )
    {
        var ids = await attempt
            .Db.MemberKeys.AsNoTracking()
            .Where(k => k.WorkspaceId == workspace.Id && k.Attribute == MemberKey.ExternalId && k.Value == subject)
            .Select(k => k.MemberId)
            .Take(2)
            .ToListAsync(ct);
        return
            ids is [var only]
            && await MemberWithGrants.ReadAsync(attempt.Db, workspace.Id, only, ct) is { Member.IsDirectoryManaged: true } file
            ? file
            : null;
    }

    private static async Task<Refusal?> LinkAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        MemberWithGrants file,
        Id<Accounts.Account> account,
        CancellationToken ct
    )
    {
        var placed = await Admission.PlaceAsync(attempt, workspace, file, file.Member with { AccountId = account }, file.Grants, null, ct);
        if (placed.Is(out var done, out var refusal))
        {
            attempt.Changes.Tell("member.linked", workspace.Id, ("member", done.Id.Value, done.ShownName), file.Member, done);
        }

        return refusal;
    }

    private static async Task<Refusal?> JoinAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        ProvenIdentity who,
        string userName,
        Id<Accounts.Account> account,
        string? ofDomain,
        CancellationToken ct
    )
    {
        var role = ofDomain ?? workspace.Configuration.SignIn.JoinRole ?? workspace.Configuration.Join.DefaultRole;
        var member = new Member
        {
            WorkspaceId = workspace.Id,
            Id = Id<Member>.New(attempt.Time),
            AccountId = account,
            UserName = userName,
            Email =
                who.EmailProven && EmailAddress.IsValid(who.Email) ? who.Email
                : EmailAddress.IsValid(userName) ? userName
                : null, // directories find people by it
            DisplayName = Name(who.DisplayName),
            GivenName = Name(who.GivenName),
            FamilyName = Name(who.FamilyName),
            State = MemberState.Invited,
            Role = role,
            JoinedAt = attempt.At,
            SortKey = "",
            CreatedAt = attempt.At,
            ModifiedAt = attempt.At,
            Version = 0,
        };
        var placed = await Admission.PlaceAsync(
            attempt,
            workspace,
            null,
            member,
            ProvisionMember.JoinGrants(attempt, workspace, member.Id, GrantOrigin.Join, role),
            null,
            ct
        );
        if (placed.Is(out var done, out var refusal))
        {
            attempt.Changes.Tell("member.joined", workspace.Id, ("member", done.Id.Value, done.ShownName), after: done);
        }

        return refusal;
    }

    private static string? Name(string? given) => Key.Shown(given) is { } name && Key.Check("name", name) is null ? name : null;
}
