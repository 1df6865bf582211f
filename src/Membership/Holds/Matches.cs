using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Holds;

/// <summary>
/// Whom a directory of which everything is held takes for its own although they were here before: invited, by a sign-in, or of another
/// directory. It gets the answers of RFC 7644 (a taken user name is a conflict, whom it looks for it finds and changes); the admin sees who
/// was matched, by what, and says whether the directory is to decide on their access.
/// </summary>
internal static class Matches
{
    private const int MostLookedAt = 400;

    /// <summary>By what somebody is matched now; null where nobody is.</summary>
    public static async Task<HeldMatch?> OfAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        Member? before,
        Member after,
        CancellationToken ct
    ) =>
        workspace.Configuration.Scim.Hold?.Mode != HoldMode.Hold ? null
        : before is null ? (await IsKnownAsync(attempt.Db, after, ct) ? HeldMatch.Email : null)
        : IsTakenOver(before, after) ? By(before, after)
        : null;

    /// <summary>
    /// A directory would bring somebody in under a user name that is taken: it is told so. Whoever has the name, and is no directory's, is
    /// matched. The refusal is written with that.
    /// </summary>
    public static async Task<Refusal> TakenAsync(Attempt attempt, WorkspaceContext workspace, string userName, CancellationToken ct)
    {
        var taken = ProvisionMember.UserNameTaken();
        if (
            workspace.Configuration.Scim.Hold?.Mode != HoldMode.Hold
            || attempt.Actor is not { Kind: ActorKind.Directory, Id: { } client }
            || await MemberWithGrants.ByUserNameAsync(attempt.Db, workspace.Id, userName, ct)
                is not { Member: { DirectoryActive: null, HeldAs: null, State: not MemberState.Invited } member } file
        )
        {
            return taken;
        }

        var after = member with
        {
            HeldAs = HeldAs.Match,
            HeldSince = attempt.At,
            HeldUntil = attempt.At.AddDays(workspace.Configuration.Scim.Hold.Days),
            HeldBy = client,
            HeldMatch = HeldMatch.UserName,
        };
        var placed = await Admission.PlaceAsync(attempt, workspace, file, after, file.Grants, null, ct);
        if (!placed.Is(out var done, out _))
        {
            return taken;
        }

        await HoldRows.HoldAsync(attempt, workspace, 1, ct);
        attempt.Changes.Tell("member.matched", workspace.Id, ("member", done.Id.Value, done.ShownName), member, done);
        return taken.ButWritten();
    }

    /// <summary>Whom the directory was told of and changes now: from here on it has a word on them.</summary>
    public static Member Follow(Member? before, Member after) =>
        before is { HeldAs: HeldAs.Match, DirectoryActive: null } ? Taken(after, HeldAs.Match) : after;

    /// <summary>Whom a directory was told of and an admin confirmed: it has a word on them, and is not asked about them again.</summary>
    public static Member Confirmed(Member member) =>
        member is { HeldAs: HeldAs.Match, DirectoryActive: null } ? Taken(member, HeldAs.Match) : member;

    /// <summary>The member with a word of the directory, where there was none.</summary>
    public static Member Taken(Member after, HeldAs held) =>
        held == HeldAs.Match ? after with { DirectoryActive = after.ShownActive() } : after;

    // whom the workspace invited itself it has let in; who is matched stays so
    private static bool IsTakenOver(Member before, Member after) =>
        before is { State: not MemberState.Invited, HeldMatch: null, HeldAs: not HeldAs.Admission }
        && (before.DirectoryActive is null || (before.ExternalId is { } id && after.ExternalId is { } now && id != now));

    private static HeldMatch By(Member before, Member after) =>
        Key.Of(before.UserName) == Key.Of(after.UserName) ? HeldMatch.UserName
        : IsAddress(before.Email, after) || IsAddress(before.UserName, after) ? HeldMatch.Email
        : HeldMatch.Other;

    private static bool IsAddress(string? address, Member after) =>
        address is not null
        && Key.Of(address) is var key
        && (key == Key.Of(after.UserName) || (after.Email is { } mail && key == Key.Of(mail)));

    /// <summary>The addresses of somebody, as keys.</summary>
    public static IReadOnlyList<string> Addresses(Member member) =>
        [.. new[] { member.Email, member.UserName }.Where(a => a?.Contains('@') == true).Select(a => Key.Of(a!)).Distinct()];

    /// <summary>Who is here with one of some addresses, each with the address; people who are not let in yet are not.</summary>
    public static async Task<List<(string Address, Member Member)>> KnownAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        IReadOnlyList<string> addresses,
        CancellationToken ct
    ) => [.. (await BearersAsync(db, workspace, addresses, ct)).Where(k => k.Member.HeldAs != HeldAs.Admission)];

    /// <summary>The same of each of some people who are to be let in; nobody is the same as themselves.</summary>
    public static async Task<Dictionary<Id<Member>, IReadOnlyList<Member>>> SameAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        IReadOnlyList<Member> newcomers,
        CancellationToken ct,
        bool others = false
    )
    {
        List<Member> looked = [.. newcomers.Where(m => m.HeldAs == HeldAs.Admission)];
        var bearers = await BearersAsync(db, workspace, [.. looked.SelectMany(Addresses).Distinct()], ct);
        var found = new Dictionary<Id<Member>, IReadOnlyList<Member>>();
        foreach (var member in looked)
        {
            var addresses = Addresses(member);
            IReadOnlyList<Member> same =
            [
                .. bearers
                    .Where(b => b.Member.Id != member.Id && (b.Member.HeldAs == HeldAs.Admission) == others)
                    .Where(b => addresses.Contains(b.Address))
                    .Select(b => b.Member)
                    .DistinctBy(m => m.Id)
                    .OrderBy(m => m.Id),
            ];
            if (same.Count > 0)
            {
                found[member.Id] = same;
            }
        }

        return found;
    }

    private static async Task<List<(string Address, Member Member)>> BearersAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        IReadOnlyList<string> addresses,
        CancellationToken ct
    )
    {
        if (addresses.Count == 0)
        {
            return [];
        }

        var keys = await db
            .MemberKeys.AsNoTracking()
            .Where(k => k.WorkspaceId == workspace && k.Attribute == MemberKey.Emails && addresses.Contains(k.Value))
            .Select(k => new { k.Value, k.MemberId })
            .Take(MostLookedAt)
            .ToListAsync(ct);
        var ids = keys.Select(k => k.MemberId).Distinct().ToList();
        List<Member> members =
        [
            .. await db.Members.AsNoTracking().Where(m => m.WorkspaceId == workspace && ids.Contains(m.Id)).ToListAsync(ct),
            .. await db
                .Members.AsNoTracking()
                .Where(m => m.WorkspaceId == workspace && m.UserNameKey != null && addresses.Contains(m.UserNameKey))
                .Take(MostLookedAt)
                .ToListAsync(ct),
        ];
        var known = members.Where(m => m.State != MemberState.Ended).DistinctBy(m => m.Id);
        var named = keys.ToLookup(k => k.MemberId, k => k.Value);
        return [.. known.SelectMany(m => named[m.Id].Append(m.UserNameKey ?? "").Distinct().Where(addresses.Contains).Select(a => (a, m)))];
    }

    private static async Task<bool> IsKnownAsync(MembershipDb db, Member member, CancellationToken ct) =>
        (await KnownAsync(db, member.WorkspaceId, Addresses(member), ct)).Exists(k => k.Member.Id != member.Id);
}
