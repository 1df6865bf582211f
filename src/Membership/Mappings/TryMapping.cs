using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Mappings;

/// <summary>What a mapping would make of somebody whom a directory sent of late.</summary>
/// <param name="Member">The person as they are.</param>
/// <param name="UserName">The user name that they would have; null where they would be refused.</param>
/// <param name="Email">The primary address that they would have.</param>
/// <param name="Refusal">Why the directory's next word about them would be refused; null where it would not.</param>
public sealed record MappingTrial(Member Member, string? UserName, string? Email, Refusal? Refusal);

/// <summary>
/// Tries mappings on the last people whom the provisioning log knows, before they are saved: nothing is changed by it. A change of the
/// configuration is refused where one of these would be (<see cref="AgainstAsync"/>). Refusals: <c>forbidden</c>, <c>notFound</c>, mappings
/// that are none.
/// </summary>
public sealed class TryMapping(Store store)
{
    /// <summary>On how many people it is tried.</summary>
    public const int People = 25;

    private const int Lines = 1000;

    /// <summary>Tries them.</summary>
    public async Task<Outcome<IReadOnlyList<MappingTrial>>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        IReadOnlyList<DirectoryMapping> mappings,
        CancellationToken ct
    )
    {
        if ((actor.Demand(workspaceId, Permission.ManageDirectory) ?? DirectoryMapping.Check(mappings)) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is { } workspace
            ? await TriedAsync(db, workspaceId, workspace.Configuration.Scim with { Mappings = mappings }, ct)
            : Refusal.NotFound("workspace");
    }

    /// <summary>Why other mappings may not be saved; null where they are the same, and where nobody would be refused.</summary>
    internal static async Task<Refusal?> AgainstAsync(MembershipDb db, WorkspaceContext workspace, ScimRules wanted, CancellationToken ct)
    {
        if (wanted.Mappings is null || wanted.Mappings.SequenceEqual(workspace.Configuration.Scim.Mappings ?? []))
        {
            return null;
        }

        var amiss = (await TriedAsync(db, workspace.Id, wanted, ct)).FirstOrDefault(t => t.Refusal is not null);
        return amiss?.Refusal is { } refusal
            ? new Refusal(RefusalKind.Conflict, "mappingRefused", $"{amiss.Member.ShownName}: {refusal.Message}", "scim.mappings")
            : null;
    }

    private static async Task<List<MappingTrial>> TriedAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        ScimRules rules,
        CancellationToken ct
    )
    {
        var lines = await db
            .ProvisioningLines.AsNoTracking()
            .Where(l => l.WorkspaceId == workspace && l.ClientId != Guid.Empty)
            .OrderByDescending(l => l.Id)
            .Take(Lines)
            .Where(l => l.TargetKind == "member" && l.TargetId != null)
            .Select(l => new { Target = l.TargetId!.Value, l.ClientId })
            .ToListAsync(ct);
        var last = lines.DistinctBy(l => l.Target).Take(People).ToList();
        var ids = last.ConvertAll(l => new Id<Member>(l.Target));
        var people = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && ids.Contains(m.Id) && m.State != MemberState.Ended && m.DirectoryActive != null)
            .ToDictionaryAsync(m => m.Id, ct);
        var taken = new List<(Member Member, Outcome<MemberAttributes> Facts)>();
        foreach (var line in last)
        {
            if (people.GetValueOrDefault(new(line.Target)) is { } person)
            {
                taken.Add((person, DirectoryMapping.Taken(DirectoryMapping.For(rules, line.ClientId), MemberAttributes.Of(person))));
            }
        }

        var keys = taken.Where(t => t.Facts.Done).Select(t => Key.Of(t.Facts.Value.UserName)).Distinct().ToList();
        var owners = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && m.UserNameKey != null && keys.Contains(m.UserNameKey))
            .ToDictionaryAsync(m => m.UserNameKey!, m => m.Id, ct);
        var among = taken.Where(t => t.Facts.Done).ToLookup(t => Key.Of(t.Facts.Value.UserName), t => t.Member.Id);
        return taken.ConvertAll(t =>
        {
            if (!t.Facts.Is(out var facts, out var refusal))
            {
                return new MappingTrial(t.Member, null, t.Member.Email, refusal);
            }

            var key = Key.Of(facts.UserName);
            var wrong =
                facts.Check()
                ?? (
                    among[key].Any(id => id != t.Member.Id)
                    || (owners.TryGetValue(key, out var owner) && owner != t.Member.Id && !WouldLeave(owner, key))
                        ? new Refusal(
                            RefusalKind.Conflict,
                            "userNameTaken",
                            $"Somebody else has, or would have, the user name {facts.UserName}."
                        )
                        : null
                );
            return new MappingTrial(t.Member, wrong is null ? facts.UserName : null, facts.Email, wrong);
        });

        bool WouldLeave(Id<Member> owner, string key) =>
            taken.Exists(o => o.Member.Id == owner && o.Facts.Done && Key.Of(o.Facts.Value.UserName) != key);
    }
}
