using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// Which membership of a workspace a signed-in identity is, if any. A directory's person is linked to an account when
/// the connection is pinned to one directory and the subject is their external id, or the user-name claim their user
/// name; at Google when the hosted domain is listed and the verified address is the user name. Somebody unknown joins
/// where the lists admit them. Everybody else needs an invitation.
/// </summary>
internal static class AdoptMember
{
    /// <summary>Nobody knows this identity here.</summary>
    public static Refusal Unknown() =>
        new(RefusalKind.Forbidden, "unknownPerson", "Nobody here knows this account yet. Open the link of your invitation, sign in as you did before, or ask an admin for an invitation.");

    /// <summary>Links for somebody whose account is known; does nothing when there is nothing to link.</summary>
    public static async Task TryAsync(Attempt attempt, IdentityConnection connection, OpenWorkspace workspace, ProvenIdentity who, Id<Accounts.Account> account, CancellationToken ct)
    {
        // The account's version is read first and named when it is written: of two ways into one workspace at once, one wins.
        if (await attempt.Db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == account, ct) is { } row
            && !await attempt.Db.Members.AnyAsync(m => m.WorkspaceId == workspace.Id && m.AccountId == account && m.State != MemberState.Ended, ct)
            && await FindAsync(attempt, connection, workspace, who, ct) is { Member: { AccountId: null, State: MemberState.Active } } file
            && await LinkAsync(attempt, workspace, file, account, ct) is null)
        {
            attempt.Changes.Update(row, row with { Version = row.Version + 1 });
        }
    }

    /// <summary>Finds or makes the membership of a new account.</summary>
    /// <returns>Null when it is planned.</returns>
    public static async Task<Refusal?> RunAsync(Attempt attempt, IdentityConnection connection, OpenWorkspace workspace, ProvenIdentity who, Id<Accounts.Account> account, CancellationToken ct)
    {
        if (await FindAsync(attempt, connection, workspace, who, ct) is { } file)
        {
            return file.Member switch
            {
                { AccountId: not null } => new(RefusalKind.Conflict, "otherAccount", "You have an account here and sign in to it another way. Sign in as you did before, and link this account to it."),
                { State: not MemberState.Active } => new(RefusalKind.Forbidden, "suspended", "Your access to this workspace is switched off. Ask an admin."),
                _ => await LinkAsync(attempt, workspace, file, account, ct),
            };
        }

        // A name that is taken, invited people included, is never handed to a newcomer for its likeness.
        return Reach.AdmitsUnknown(connection, workspace, who) && Key.Check("userName", who.UserName) is null
            && await MemberFile.ByUserNameAsync(attempt.Db, workspace.Id, who.UserName!, ct) is null
            ? await JoinAsync(attempt, workspace, who, account, ct)
            : Unknown();
    }

    private static async Task<MemberFile?> FindAsync(Attempt attempt, IdentityConnection connection, OpenWorkspace workspace, ProvenIdentity who, CancellationToken ct)
    {
        var pinned = Reach.IsPinned(connection, workspace);
        if (pinned && await ByExternalIdAsync(attempt, workspace, who.Subject, ct) is { } same)
        {
            return same;
        }

        var named = connection.Kind switch
        {
            ConnectionKind.Google => who.EmailProven && who.HostedDomain is not null && Reach.HasDomains(connection, workspace) && Key.OfOrNull(who.UserName) == Key.OfOrNull(who.Email),
            _ => pinned && !who.IsGuest,
        };
        if (!named || string.IsNullOrWhiteSpace(who.UserName) || await MemberFile.ByUserNameAsync(attempt.Db, workspace.Id, who.UserName, ct) is not { Member: { IsDirectoryManaged: true } member } file)
        {
            return null;
        }

        // The directory's id of somebody else outweighs a name, which may have been given to another person since.
        return connection.Kind == ConnectionKind.Entra && Guid.TryParse(member.ExternalId, out _) ? null : file;
    }

    private static async Task<MemberFile?> ByExternalIdAsync(Attempt attempt, OpenWorkspace workspace, string subject, CancellationToken ct)
    {
        var ids = await attempt.Db.MemberKeys.AsNoTracking()
            .Where(k => k.WorkspaceId == workspace.Id && k.Attribute == MemberKey.ExternalId && k.Value == subject).Select(k => k.MemberId).Take(2).ToListAsync(ct);
        return ids is [var only] && await MemberFile.ReadAsync(attempt.Db, workspace.Id, only, ct) is { Member.IsDirectoryManaged: true } file ? file : null;
    }

    private static async Task<Refusal?> LinkAsync(Attempt attempt, OpenWorkspace workspace, MemberFile file, Id<Accounts.Account> account, CancellationToken ct)
    {
        var placed = await Admission.PlaceAsync(attempt, workspace, file, file.Member with { AccountId = account }, file.Grants, null, ct);
        if (placed.Is(out var done, out var refusal))
        {
            attempt.Changes.Tell("member.linked", workspace.Id, ("member", done.Id.Value, done.ShownName), file.Member, done);
        }

        return refusal;
    }

    private static async Task<Refusal?> JoinAsync(Attempt attempt, OpenWorkspace workspace, ProvenIdentity who, Id<Accounts.Account> account, CancellationToken ct)
    {
        var role = workspace.Configuration.SignIn.JoinRole ?? workspace.Configuration.Join.DefaultRole;
        var member = new Member
        {
            WorkspaceId = workspace.Id,
            Id = Id<Member>.New(attempt.Time),
            AccountId = account,
            UserName = who.UserName!.Trim(),
            Email = EmailAddress.IsValid(who.Email) ? who.Email : null,
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
        var placed = await Admission.PlaceAsync(attempt, workspace, null, member, ProvisionMember.JoinGrants(attempt, workspace, member.Id, GrantOrigin.Join, role), null, ct);
        if (placed.Is(out var done, out var refusal))
        {
            attempt.Changes.Tell("member.joined", workspace.Id, ("member", done.Id.Value, done.ShownName), after: done);
        }

        return refusal;
    }

    private static string? Name(string? given) => string.IsNullOrWhiteSpace(given) || Key.Check("name", given) is not null ? null : given.Trim();
}
