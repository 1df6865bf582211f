using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>
/// The rule of drift and silence: reads what is known of a workspace's directories and says what is amiss. Bounded reads by index, but for
/// counting the people of a directory, which only <see cref="WatchDirectories"/> asks for.
/// </summary>
internal static class DirectoryHealth
{
    /// <summary>In how many full cycles somebody must be missing.</summary>
    public const int FullCycles = 3;

    private const int LastCycles = 40;
    private const int LeastCycles = 4;
    private const int MostGroups = 50;
    private const double FullShare = 0.8;
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);
    private static readonly TimeSpan InUse = TimeSpan.FromDays(30);
    private static readonly TimeSpan LeastSilence = TimeSpan.FromHours(3);
    private static readonly TimeSpan SilenceWithoutRhythm = TimeSpan.FromDays(7);
    private static readonly TimeSpan GroupsOf = TimeSpan.FromDays(7);

    /// <summary>What is amiss now.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="now">The time.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<IReadOnlyList<DirectoryConcern>> LookAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var uses = await db.ScimCredentialUses.AsNoTracking().Where(u => u.WorkspaceId == workspace).ToListAsync(ct);
        var tokens = await db
            .ScimCredentials.AsNoTracking()
            .Where(c => c.WorkspaceId == workspace)
            .OrderByDescending(c => c.Id)
            .Take(50)
            .ToListAsync(ct);
        var programs = await ProgramsAsync(db, workspace, ct);
        var cycles = await db
            .ProvisioningCycles.AsNoTracking()
            .Where(c => c.WorkspaceId == workspace)
            .OrderByDescending(c => c.Id)
            .Take(LastCycles)
            .ToListAsync(ct);
        DateTimeOffset? last = uses.Count == 0 ? null : uses.Max(u => u.LastUsedAt);
        var isConnected = tokens.Any(t => t.IsLive(now)) || programs.Count > 0;
        return
        [
            .. OfTokens(workspace, tokens, uses, last, now),
            .. isConnected ? OfSilence(workspace, cycles, last, now) : [],
            .. await OfPeopleAsync(db, workspace, isConnected, cycles, now, ct),
            .. await OfGroupsAsync(db, workspace, now, ct),
            .. await OfHoldsAsync(db, workspace, now, ct),
        ];
    }

    /// <summary>What is held and waits for an admin; they were told as it began.</summary>
    private static async Task<IEnumerable<DirectoryConcern>> OfHoldsAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        (
            await db
                .DirectoryHolds.AsNoTracking()
                .Where(h => h.WorkspaceId == workspace && h.OpenSince != null && h.DecideUntil != null)
                .OrderBy(h => h.ClientId)
                .ToListAsync(ct)
        )
            .DistinctBy(h => h.About == Guid.Empty ? h.ClientId : h.About)
            .Select(h => DirectoryConcern.Of(h, h.Held, now));

    private static IEnumerable<DirectoryConcern> OfTokens(
        Id<Workspace> workspace,
        List<ScimCredential> tokens,
        List<ScimCredentialUse> uses,
        DateTimeOffset? last,
        DateTimeOffset now
    )
    {
        foreach (var token in tokens.Where(t => t is { RevokedAt: null, ExpiresAt: not null }))
        {
            var used = uses.Find(u => u.CredentialId == token.Id)?.LastUsedAt;
            var isInUse = used is { } at && now - at < InUse;
            var isOnly = tokens.Count(t => t.IsLive(now)) == 1;
            if (token.IsLive(now) && !token.IsLive(now + Soon) && (isInUse || isOnly))
            {
                yield return New(workspace, DirectoryConcernKind.TokenEndsSoon, token.Id.Value, now) with
                {
                    Name = token.Name,
                    Moment = token.ExpiresAt,
                };
            }
            else if (!token.IsLive(now) && used is not null && used == last && now - token.ExpiresAt < InUse)
            {
                yield return New(workspace, DirectoryConcernKind.TokenEnded, token.Id.Value, now) with
                {
                    Name = token.Name,
                    Moment = token.ExpiresAt,
                };
            }
        }
    }

    /// <summary>Silent for three times as long as usual, at least for some hours; without a rhythm for a week.</summary>
    private static IEnumerable<DirectoryConcern> OfSilence(
        Id<Workspace> workspace,
        List<ProvisioningCycle> cycles,
        DateTimeOffset? last,
        DateTimeOffset now
    )
    {
        if (last is not { } at)
        {
            yield break;
        }

        List<TimeSpan> between = [.. cycles.Zip(cycles.Skip(1), (later, earlier) => later.StartedAt - earlier.StartedAt).Order()];
        var usual = cycles.Count >= LeastCycles ? between[between.Count / 2] : (TimeSpan?)null;
        var most = usual is { } rhythm ? TimeSpan.FromTicks(Math.Max(rhythm.Ticks * 3, LeastSilence.Ticks)) : SilenceWithoutRhythm;
        if (now - at >= most)
        {
            yield return New(workspace, DirectoryConcernKind.Silent, Guid.Empty, now) with
            {
                Moment = at,
                UsualMinutes = usual is { } every ? Math.Max(1, (int)every.TotalMinutes) : 0,
            };
        }
    }

    private static async Task<IEnumerable<DirectoryConcern>> OfPeopleAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        bool isConnected,
        List<ProvisioningCycle> cycles,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var people = db
            .Members.AsNoTracking()
            .Where(m =>
                m.WorkspaceId == workspace && m.State != MemberState.Ended && m.State != MemberState.Removed && m.DirectoryActive != null
            );
        if (!isConnected)
        {
            var left = await people.CountAsync(m => m.State == MemberState.Active, ct);
            return left == 0 ? [] : [New(workspace, DirectoryConcernKind.NobodyOwns, Guid.Empty, now) with { People = left }];
        }

        if (cycles.Count < FullCycles || cycles.Max(c => c.Written) == 0)
        {
            return [];
        }

        var all = await people.CountAsync(ct);
        List<ProvisioningCycle> full = [.. cycles.Where(c => !c.IsOpen(now) && c.Written >= all * FullShare).Take(FullCycles)];
        if (all == 0 || full.Count < FullCycles)
        {
            return []; // a directory that tells only what changed confirms nobody
        }

        var began = full[^1].StartedAt;
        var batch = new ReadBatch();
        var found = batch.Read(
            "SELECT count(*) FROM members m WHERE m.workspace_id = $1 AND m.state = 'Active' AND m.directory_active IS NOT NULL AND "
                + "m.created_at < $2 AND NOT EXISTS (SELECT 1 FROM provisioning_lines l WHERE l.workspace_id = $1 AND l.subject = m.id "
                + "AND l.id >= $3)",
            row => row.GetInt64(0),
            workspace.Value,
            began.ToUnixTimeMilliseconds(),
            Ids.FirstAt(began)
        );
        await batch.RunAsync(db, ct);
        var missing = (int)found.First;
        return missing == 0 ? [] : [New(workspace, DirectoryConcernKind.NotConfirmed, Guid.Empty, now) with { People = missing }];
    }

    private static async Task<IEnumerable<DirectoryConcern>> OfGroupsAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var since = new Id<ProvisioningLine>(Ids.FirstAt(now - GroupsOf));
        var seen = await db
            .ProvisioningLines.AsNoTracking()
            .Where(l => l.WorkspaceId == workspace && l.Failed && l.Id >= since)
            .OrderByDescending(l => l.Id)
            .Take(ListProvisioning.MostLookedAt)
            .Where(l => l.Code == ProvisioningAdvice.UnknownMembers && l.TargetId != null)
            .Select(l => l.TargetId!.Value)
            .Distinct()
            .Take(MostGroups)
            .ToListAsync(ct);
        List<DirectoryConcern> concerns = [];
        foreach (var id in seen)
        {
            var group = new Id<Group>(id);
            var last = await db
                .ProvisioningLines.AsNoTracking()
                .Where(l => l.WorkspaceId == workspace && l.Subject == id && l.Method != "GET")
                .OrderByDescending(l => l.Id)
                .FirstOrDefaultAsync(ct);
            if (
                last?.Code == ProvisioningAdvice.UnknownMembers
                && await db.Groups.AsNoTracking().FirstOrDefaultAsync(g => g.WorkspaceId == workspace && g.Id == group, ct) is { } found
            )
            {
                concerns.Add(New(workspace, DirectoryConcernKind.GroupDiffers, id, now) with { Name = found.DisplayName });
            }
        }

        return concerns;
    }

    /// <summary>The apps that may come in by client credentials and have something to show.</summary>
    private static async Task<List<Client>> ProgramsAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct) =>
        [
            .. (await db.Clients.AsNoTracking().Where(c => c.WorkspaceId == workspace).Take(CreateClient.Most).ToListAsync(ct)).Where(c =>
                ClientSettings.Of(c) is { AllowClientCredentials: true } settings
                && settings.AllowedScopes.Contains(AppScopeNames.Scim)
                && (c.JsonWebKeySet is not null || ClientSecrets.Of(c).Count > 0)
            ),
        ];

    private static DirectoryConcern New(Id<Workspace> workspace, DirectoryConcernKind kind, Guid about, DateTimeOffset now) =>
        new()
        {
            WorkspaceId = workspace,
            Kind = kind,
            About = about,
            Since = now,
        };
}
