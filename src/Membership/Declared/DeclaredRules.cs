using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Declared;

/// <summary>
/// Group rules in their order: the file's come first, what is there beside them stays behind them. Groups are named by what people see;
/// one that a rule asks for is the directory's and must be there, one that it fills is the workspace's own.
/// </summary>
internal sealed class DeclaredRules : IDeclaredPart
{
    public async Task<WorkspaceFile> ReadAsync(MembershipDb db, WorkspaceContext workspace, WorkspaceFile file, CancellationToken ct)
    {
        var rules = await RuleSet.ReadAsync(db, workspace, ct);
        return file with { Rules = [.. rules.Rules.Select(r => Declared(r.Rule, rules.Groups))] };
    }

    public async Task<IReadOnlyList<DeclaredStep>> PlanAsync(Applying call, WorkspaceFile file, CancellationToken ct)
    {
        if (file.Rules is not { Count: > 0 } wanted)
        {
            return [];
        }

        await using var db = call.Store.Read();
        var rules = await RuleSet.ReadAsync(db, call.Workspace, ct);
        var order = rules.Rules.Select(r => Key.Of(r.Rule.Name)).ToList();
        var (seen, steps) = (new HashSet<string>(StringComparer.Ordinal), new List<DeclaredStep>());
        for (var i = 0; i < wanted.Count; i++)
        {
            var (path, said, place) = ($"rules[{i}]", wanted[i], i);
            if (Key.Check("name", Key.Shown(said.Name)) is { } wrong)
            {
                steps.Add(Step(path, "make a rule without a name", _ => Task.FromResult<Refusal?>(wrong), wrong));
                continue;
            }

            var key = Key.Of(Key.Shown(said.Name)!);
            if (!seen.Add(key))
            {
                var twice = new Refusal(RefusalKind.Conflict, "ruleNameTaken", "A rule of this name is in the file already.", "name");
                steps.Add(Step(path, $"make the rule {said.Name}", _ => Task.FromResult<Refusal?>(twice), twice));
                continue;
            }

            var before = rules.Rules.Select(r => r.Rule).FirstOrDefault(r => Key.Of(r.Name) == key);
            if (before is null || !IsLike(before, said, rules.Groups))
            {
                steps.Add(await SaidAsync(call, db, file, rules, before, path, said, ct));
            }

            // what is made comes last, what is behind its place comes to it
            if (before is null)
            {
                order.Add(key);
            }

            if (order.IndexOf(key) is var at && at != place)
            {
                order.RemoveAt(at);
                order.Insert(place, key);
                steps.Add(Step(path, $"the rule {said.Name} becomes number {place + 1}", stop => MoveAsync(call, key, place, stop), null));
            }
        }

        return steps;
    }

    private static DeclaredStep Step(string path, string says, Func<CancellationToken, Task<Refusal?>> run, Refusal? wrong) =>
        new(path, says, run) { Wrong = wrong };

    private static DeclaredRule Declared(GroupRule rule, IReadOnlyDictionary<Id<Group>, Group> groups) =>
        new()
        {
            Name = rule.Name,
            Asks = rule.Asks,
            Attribute = rule.Attribute,
            Value = rule.GroupId is { } id && groups.TryGetValue(id, out var group) ? group.DisplayName : rule.Value,
            Role = rule.Role,
            License = rule.License,
            Groups = [.. rule.Fills.Where(groups.ContainsKey).Select(f => groups[f].DisplayName)],
        };

    /// <summary>Whether a rule says this. A group is the same under the name that the file gives it, however many bear that name.</summary>
    private static bool IsLike(GroupRule rule, DeclaredRule said, IReadOnlyDictionary<Id<Group>, Group> groups)
    {
        var now = Declared(rule, groups);
        return (now.Name, now.Asks, now.Role, now.License) == (Key.Shown(said.Name), said.Asks, said.Role, said.License)
            && string.Equals(now.Attribute, said.Attribute, StringComparison.OrdinalIgnoreCase)
            && Key.Of(now.Value) == Key.Of(said.Value)
            && now.Groups.Select(Key.Of).ToHashSet().SetEquals(said.Groups.Select(Key.Of));
    }

    private static async Task<DeclaredStep> SaidAsync(
        Applying call,
        MembershipDb db,
        WorkspaceFile file,
        RuleSet rules,
        GroupRule? before,
        string path,
        DeclaredRule said,
        CancellationToken ct
    )
    {
        var made = (file.Groups ?? []).Select(g => Key.Of(g.Name)).ToHashSet();
        var (draft, wrong) = (new RuleDraft { Name = said.Name, Asks = said.Asks }, (Refusal?)null);
        if (said.Asks != RuleAsks.Group)
        {
            draft = draft with { Attribute = said.Attribute, Value = said.Value };
        }
        else if ((await NamedAsync(db, call.Workspace.Id, said.Value, isDirectoryManaged: true, ct)).Is(out var asked, out wrong))
        {
            draft = draft with { GroupId = asked };
        }

        var (fills, comes) = (new List<Id<Group>>(), false);
        foreach (var name in wrong is null ? said.Groups : [])
        {
            var found = await NamedAsync(db, call.Workspace.Id, name, isDirectoryManaged: false, ct);
            if (found.Is(out var filled, out var refusal))
            {
                fills.Add(filled);
            }
            else if (refusal.Code == "unknownGroup" && made.Contains(Key.Of(name)))
            {
                comes = true; // an earlier part makes it
            }
            else
            {
                wrong ??= refusal;
            }
        }

        draft = draft with { Role = said.Role, License = said.License, Fills = fills };
        RuleEdit edit = before is null ? new RuleEdit.Create(draft) : new RuleEdit.Change(before.Id, before.Version, draft);
        if (wrong is null && !comes)
        {
            // as it will be once the file's configuration is there
            var workspace = call.Workspace with
            {
                Configuration = file.Configuration ?? call.Workspace.Configuration,
            };
            var desk = new RuleDesk(db, call.Actor, workspace, call.Store.Time);
            wrong = (await edit.ApplyAsync(desk, [.. rules.Rules.Select(r => r.Rule)], ct)).Refusal;
        }

        return Step(
            path,
            before is null ? $"make the rule {said.Name}" : $"change the rule {said.Name}",
            async stop =>
                before is null
                    ? (await new CreateRule(call.Store).RunAsync(call.Actor, call.Workspace.Id, draft, stop)).Refusal
                    : (await new ChangeRule(call.Store).RunAsync(call.Actor, call.Workspace.Id, before.Id, null, draft, stop)).Refusal,
            wrong
        );
    }

    private static async Task<Outcome<Id<Group>>> NamedAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        string name,
        bool isDirectoryManaged,
        CancellationToken ct
    )
    {
        var key = Key.Of(name);
        var found = await db
            .Groups.AsNoTracking()
            .Where(g => g.WorkspaceId == workspace && g.DisplayNameKey == key && g.IsDirectoryManaged == isDirectoryManaged)
            .Select(g => g.Id)
            .Take(2)
            .ToListAsync(ct);
        var (whose, field) = isDirectoryManaged ? ("of the directory", "value") : ("of the workspace's own", "groups");
        return found switch
        {
            [var one] => one,
            [] => Refusal.Unknown("group", $"There is no group {name} {whose}.", field),
            _ => new Refusal(RefusalKind.Conflict, "ambiguousGroup", $"Several groups {whose} are called {name}: rename one.", field),
        };
    }

    private static async Task<Refusal?> MoveAsync(Applying call, string key, int place, CancellationToken ct)
    {
        await using var db = call.Store.Read();
        var names = await db
            .GroupRules.AsNoTracking()
            .Where(r => r.WorkspaceId == call.Workspace.Id)
            .Select(r => new { r.Id, r.Name })
            .ToListAsync(ct);
        return names.Find(r => Key.Of(r.Name) == key) is { } rule
            ? (await new MoveRule(call.Store).RunAsync(call.Actor, call.Workspace.Id, rule.Id, place, ct)).Refusal
            : Refusal.NotFound("rule");
    }
}
