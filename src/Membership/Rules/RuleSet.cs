using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>A rule, and why it gives nothing.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Broken">A sentence; null for a rule that works.</param>
public sealed record RuleStanding(GroupRule Rule, string? Broken);

/// <summary>What the rules say of one person.</summary>
/// <param name="Role">The rule that gives the role; null for none.</param>
/// <param name="License">The rule that gives the license; null for none.</param>
/// <param name="Groups">The groups to be in, each with the first rule that says so.</param>
internal sealed record Verdict(GroupRule? Role, GroupRule? License, IReadOnlyDictionary<Id<Group>, GroupRule> Groups);

/// <summary>
/// The rules of a workspace at one version of its configuration, ready to be asked. Every change of a rule, and of a group that a rule
/// names, renews that version: what is kept of one version stays true, and an act that was planned from an older one is not written. Kept
/// for a minute at most, as the configuration is (<see cref="WorkspaceContext"/>).
/// </summary>
public sealed class RuleSet
{
    /// <summary>How many rules a workspace has at most.</summary>
    public const int Most = 200;

    private const int MostKept = 10_000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);
    private static readonly ConcurrentDictionary<Id<Workspace>, Kept> Known = new();
    private static readonly Dictionary<Id<Group>, GroupRule> NoGroups = [];
    private readonly List<(GroupRule Rule, string? Attribute, string Key, int Rank)> _working = [];
    private readonly List<CustomAttribute> _own = [];
    private readonly ScimRules _scim;
    private readonly bool _highest;

    internal RuleSet(WorkspaceConfiguration configuration, IReadOnlyList<GroupRule> rules, IReadOnlyDictionary<Id<Group>, Group> groups)
    {
        _scim = configuration.Scim;
        _highest = configuration.Rules?.Mode == RuleMode.HighestRank;
        Rules = [.. rules.OrderBy(r => r.Place).Select(r => new RuleStanding(r, RuleWords.Broken(configuration, r, groups)))];
        Groups = groups;
        foreach (var (rule, broken) in Rules)
        {
            if (broken is null)
            {
                var own = rule.Asks == RuleAsks.Attribute ? _scim.Attribute(rule.Attribute) : null;
                var key = own is null ? Key.Of(rule.Value) : own.KeyOf(rule.Value)!;
                _working.Add((rule, own?.Name, key, configuration.Role(rule.Role)?.Rank ?? int.MinValue));
                if (own is not null && !_own.Contains(own))
                {
                    _own.Add(own);
                }
            }
        }

        Asked = _working.Where(w => w.Rule.GroupId is not null).Select(w => w.Rule.GroupId!.Value).ToHashSet();
        Filled = _working.SelectMany(w => w.Rule.Fills).ToHashSet();
        AsksForAttributes = _working.Exists(w => w.Rule.Asks != RuleAsks.Group);
    }

    /// <summary>All of them in their order.</summary>
    public IReadOnlyList<RuleStanding> Rules { get; }

    /// <summary>The groups that they name.</summary>
    public IReadOnlyDictionary<Id<Group>, Group> Groups { get; }

    /// <summary>Whether there are none.</summary>
    internal bool IsEmpty => Rules.Count == 0;

    /// <summary>The groups for which one that works asks.</summary>
    internal IReadOnlySet<Id<Group>> Asked { get; }

    /// <summary>The groups that one that works fills.</summary>
    internal IReadOnlySet<Id<Group>> Filled { get; }

    /// <summary>Whether one that works asks for an attribute.</summary>
    internal bool AsksForAttributes { get; }

    /// <summary>What a member's document says of what rules ask for; nothing, unread, where none asks.</summary>
    internal RuleFacts FactsOf(string? document) => AsksForAttributes ? RuleFacts.Of(document, _scim, _own) : RuleFacts.None;

    /// <summary>The rule with this id; null for none.</summary>
    public GroupRule? Find(string id) => Rules.FirstOrDefault(r => r.Rule.Id.ToString() == id)?.Rule;

    /// <summary>The rules of a workspace; no read where its version is known.</summary>
    internal static ValueTask<RuleSet> OfAsync(MembershipDb db, WorkspaceContext workspace, CancellationToken ct) =>
        Known.TryGetValue(workspace.Id, out var kept)
        && kept.Version == workspace.Row.ConfigurationVersion
        && Stopwatch.GetElapsedTime(kept.ReadAt) < KeptFor
            ? ValueTask.FromResult(kept.Rules)
            : new(ReadAsync(db, workspace, ct));

    /// <summary>Reads them.</summary>
    internal static async Task<RuleSet> ReadAsync(MembershipDb db, WorkspaceContext workspace, CancellationToken ct)
    {
        var rules = await db.GroupRules.AsNoTracking().Where(r => r.WorkspaceId == workspace.Id).ToListAsync(ct);
        var read = new RuleSet(workspace.Configuration, rules, await NamedAsync(db, workspace.Id, rules, ct));
        if (Known.Count >= MostKept)
        {
            Known.Clear();
        }

        Known[workspace.Id] = new(workspace.Row.ConfigurationVersion, Stopwatch.GetTimestamp(), read);
        return read;
    }

    /// <summary>The groups that rules name.</summary>
    internal static async Task<IReadOnlyDictionary<Id<Group>, Group>> NamedAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        IReadOnlyList<GroupRule> rules,
        CancellationToken ct
    )
    {
        var ids = rules.SelectMany(r => r.Fills.Concat(r.GroupId is { } id ? [id] : [])).Distinct().ToList();
        return (await GroupsAsync(db, workspace, ids, ct)).ToDictionary(g => g.Id);
    }

    /// <summary>Some groups.</summary>
    internal static async Task<List<Group>> GroupsAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        List<Id<Group>> ids,
        CancellationToken ct
    ) => ids.Count == 0 ? [] : await db.Groups.AsNoTracking().Where(g => g.WorkspaceId == workspace && ids.Contains(g.Id)).ToListAsync(ct);

    /// <summary>
    /// What they say of somebody. Role and license come each from the first rule that matches and gives one; where the highest rank counts
    /// the role is the highest of all that match. Groups are those of every rule that matches.
    /// </summary>
    /// <param name="isIn">Whether the person is in a group.</param>
    /// <param name="facts">What the directory says of them.</param>
    internal Verdict Resolve(Func<Id<Group>, bool> isIn, RuleFacts facts)
    {
        GroupRule? role = null;
        GroupRule? license = null;
        Dictionary<Id<Group>, GroupRule>? groups = null;
        var highest = int.MinValue;
        foreach (var (rule, attribute, key, rank) in _working)
        {
            if (!(rule.GroupId is { } group ? isIn(group) : facts.Has(rule.Asks, attribute, key)))
            {
                continue;
            }

            if (rule.Role is not null && (role is null || (_highest && rank > highest)))
            {
                (role, highest) = (rule, rank);
            }

            license ??= rule.License is null ? null : rule;
            foreach (var filled in rule.Fills)
            {
                (groups ??= []).TryAdd(filled, rule);
            }
        }

        return new(role, license, groups ?? NoGroups);
    }

    private sealed record Kept(long Version, long ReadAt, RuleSet Rules);
}
