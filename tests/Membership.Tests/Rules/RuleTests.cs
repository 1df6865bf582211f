using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Rules;

public sealed class RuleTests
{
    [Theory, EachDatabase]
    public async Task A_group_of_the_directory_gives_a_role_at_once_and_what_was_given_by_hand_returns_when_it_is_left(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var ann = (await bench.ProvisionAsync("ann@acme.test")).Value;
        await acme.AssignAsync(Actor.Operator, ann.Id, "viewer");
        var engineers = await bench.GroupAsync("Engineers");
        var rule = await bench.MakeAsync(RuleBench.Draft("Engineering", engineers, "editor"));
        Assert.Equal("viewer", (await bench.HasAsync(ann.Id)).Role);

        var before = await acme.ReadAsync(ann.Id);
        Assert.True((await bench.MoveAsync(engineers, MembershipStepKind.Add, ann.Id)).Done);
        var after = await acme.ReadAsync(ann.Id);
        Assert.Equal(("editor", before.Version + 1), (after.Role, after.Version));

        var refusal = (await acme.AssignAsync(Actor.Operator, ann.Id, "viewer")).Refusal!;
        Assert.Equal("ruleGiven", refusal.Code);
        Assert.Contains("by rule \"Engineering\" (group Engineers)", refusal.Message, StringComparison.Ordinal);

        Assert.True((await bench.MoveAsync(engineers, MembershipStepKind.Remove, ann.Id)).Done);
        Assert.Equal("viewer", (await bench.HasAsync(ann.Id)).Role);
        Assert.True((await acme.AssignAsync(Actor.Operator, ann.Id, "editor")).Done);
        Assert.Equal(rule.Id, Assert.Single(await bench.RulesAsync()).Id);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task An_attribute_gives_a_role_and_a_place_in_a_group_for_as_long_as_the_directory_says_it(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var ours = await bench.GroupAsync("Sales floor", byDirectory: false);
        var byHand = (await bench.ProvisionAsync("hand@acme.test", RuleBench.Department("Sales"))).Value;
        await bench.MoveAsync(Actor.Operator, ours, MembershipStepKind.Add, byHand.Id);
        await bench.MakeAsync(RuleBench.Draft("Sales", RuleAsks.Department, "sales", "editor", ours.Id));
        await bench.MakeAsync(RuleBench.Draft("Bosses", RuleAsks.Roles, "Boss", "viewer"));
        Assert.Equal("editor", (await bench.HasAsync(byHand.Id)).Role);

        var ann = (await bench.ProvisionAsync("ann@acme.test", RuleBench.Department("SALES"))).Value;
        var bob = (await bench.ProvisionAsync("bob@acme.test", """{"roles":[{"value":"boss"}],"userType":"x"}""")).Value;
        Assert.Equal(("editor", "viewer"), ((await bench.HasAsync(ann.Id)).Role, (await bench.HasAsync(bob.Id)).Role));
        Assert.Equal(new[] { byHand.Id, ann.Id }.Order(), await bench.InAsync(ours));
        var admin = acme.As(await acme.JoinAsync("owner@acme.test", "admin"));
        Assert.Equal("ruleGiven", (await bench.MoveAsync(admin, ours, MembershipStepKind.Remove, ann.Id)).Refusal?.Code);
        await acme.AgreesAsync();

        foreach (var member in new[] { ann.Id, byHand.Id })
        {
            Assert.True((await bench.DescribeAsync(member, RuleBench.Department("Support"))).Done);
            Assert.NotEqual("ruleGiven", (await acme.AssignAsync(Actor.Operator, member, "viewer")).Refusal?.Code);
        }

        Assert.Equal([byHand.Id], await bench.InAsync(ours));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task The_first_match_counts_or_the_highest_rank_and_the_order_can_be_changed(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var ann = (await bench.ProvisionAsync("ann@acme.test")).Value;
        var (one, two) = (await bench.GroupAsync("One", true, ann.Id), await bench.GroupAsync("Two", true, ann.Id));
        await bench.MakeAsync(RuleBench.Draft("Low", one, "viewer"));
        var high = await bench.MakeAsync(RuleBench.Draft("High", two, "editor"));
        Assert.Equal("viewer", (await bench.HasAsync(ann.Id)).Role);
        await acme.ConfigureAsync(c => c with { Rules = new() { Mode = RuleMode.HighestRank } });
        await bench.WorkAsync();
        Assert.Equal("editor", (await bench.HasAsync(ann.Id)).Role);
        await acme.ConfigureAsync(c => c with { Rules = null });
        await bench.WorkAsync();
        Assert.Equal("viewer", (await bench.HasAsync(ann.Id)).Role);
        Assert.True((await new MoveRule(acme.Store).RunAsync(Actor.Operator, acme.Id, high.Id, 0, default)).Done);
        await bench.WorkAsync();
        Assert.Equal("editor", (await bench.HasAsync(ann.Id)).Role);
        Assert.Equal(["High", "Low"], (await bench.RulesAsync()).Select(r => r.Name));
        Assert.True((await new DeleteRule(acme.Store).RunAsync(Actor.Operator, acme.Id, high.Id, null, default)).Done);
        await bench.WorkAsync();
        Assert.Equal("viewer", (await bench.HasAsync(ann.Id)).Role);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_rule_that_cannot_be_is_refused_with_a_sentence_and_nothing_is_saved(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var (theirs, other) = (await bench.GroupAsync("Theirs"), await bench.GroupAsync("Other"));
        var ours = await bench.GroupAsync("Ours", byDirectory: false);
        await bench.MakeAsync(RuleBench.Draft("There", theirs, "viewer", null, ours.Id));
        var editor = acme.As(await acme.JoinAsync("ed@acme.test", "editor"));
        (string Code, RuleDraft Draft, Actor? Actor)[] cases =
        [
            ("unknownRole", RuleBench.Draft("A", other, "nobody"), null),
            ("unknownLicense", RuleBench.Draft("A", other, null, "none"), null),
            ("unknownGroup", RuleBench.Draft("A", other, "viewer", null, Id<Group>.New(TimeProvider.System)), null),
            ("unknownGroup", RuleBench.Draft("A", other, "viewer") with { GroupId = Id<Group>.New(TimeProvider.System) }, null),
            ("invalidGroup", RuleBench.Draft("A", ours, "viewer"), null),
            ("directoryManaged", RuleBench.Draft("A", other, null, null, theirs.Id), null),
            ("ruleNameTaken", RuleBench.Draft("THERE", other, "viewer"), null),
            ("ruleGivesAdmin", RuleBench.Draft("A", other, "admin"), null),
            ("invalidRole", RuleBench.Draft("A", other), null),
            ("invalidName", RuleBench.Draft(" ", other, "viewer"), null),
            ("invalidValue", RuleBench.Draft("A", RuleAsks.Department, "", "viewer"), null),
            ("forbidden", RuleBench.Draft("A", other, "viewer"), editor),
            ("forbidden", RuleBench.Draft("A", other, "viewer"), acme.Directory),
        ];
        foreach (var (code, draft, actor) in cases)
        {
            var refusal = (await bench.TryMakeAsync(draft, actor)).Refusal;
            Assert.Equal(code, refusal?.Code);
            Assert.EndsWith(".", refusal!.Message, StringComparison.Ordinal);
        }

        Assert.Single(await bench.RulesAsync());
    }

    [Theory, EachDatabase]
    public async Task No_rule_asks_for_a_group_that_rules_fill(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var theirs = await bench.GroupAsync("Theirs");
        var ours = await bench.GroupAsync("Ours", byDirectory: false);
        var fills = await bench.MakeAsync(RuleBench.Draft("Fills", theirs, null, null, ours.Id));
        Assert.Equal("Fills", (await bench.ListAsync()).Rules.Rules[0].Rule.Name);

        // the directory takes the group over: the rule is broken, and one that asks for it would still go in a circle
        Assert.True((await bench.MoveAsync(ours, MembershipStepKind.Add, (await bench.ProvisionAsync("a@acme.test")).Value.Id)).Done);
        var broken = (await bench.ListAsync()).Rules.Rules[0].Broken;
        Assert.Contains("Ours that it fills is your directory's", broken, StringComparison.Ordinal);
        var refusal = (await bench.TryMakeAsync(RuleBench.Draft("Asks", ours, "viewer"))).Refusal!;
        Assert.Equal("ruleCircle", refusal.Code);
        Assert.Contains("\"Fills\" fills the group Ours, and \"Asks\" asks for it", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(fills.Id, Assert.Single(await bench.RulesAsync()).Id);
    }

    [Theory, EachDatabase]
    public async Task A_rule_gives_no_more_than_its_maker_may_and_an_admin_only_where_that_is_switched_on(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var admin = acme.As(await acme.JoinAsync("owner@acme.test", "admin"));
        var ann = (await bench.ProvisionAsync("ann@acme.test")).Value;
        var group = await bench.GroupAsync("G", true, ann.Id);
        await acme.ConfigureAsync(c =>
            c with
            {
                Roles =
                [
                    .. c.Roles,
                    c.Role("editor")! with
                    {
                        Key = "lead",
                        Label = "Lead",
                        Rank = 80,
                        CanGrantUpTo = "editor",
                        Permissions = Permission.All,
                    },
                ],
            }
        );
        var lead = acme.As(await acme.JoinAsync("lead@acme.test", "lead"));
        Assert.Equal("grantCeiling", (await bench.TryMakeAsync(RuleBench.Draft("L", group, "lead"), lead)).Refusal?.Code);
        var made = (await bench.TryMakeAsync(RuleBench.Draft("E", group, "editor"), lead)).Value;
        await bench.WorkAsync();
        Assert.Equal("editor", (await bench.HasAsync(ann.Id)).Role);

        // the role rises above the maker's reach: it is not given any more
        await acme.ConfigureAsync(c => c with { Roles = [.. c.Roles.Select(r => r.Key == "editor" ? r with { Rank = 90 } : r)] });
        await bench.WorkAsync();
        Assert.Contains(
            "above what whoever saved the rule may give",
            (await bench.ListAsync()).Rules.Rules[0].Broken,
            StringComparison.Ordinal
        );
        Assert.NotEqual("editor", (await bench.HasAsync(ann.Id)).Role);
        await new DeleteRule(acme.Store).RunAsync(Actor.Operator, acme.Id, made.Id, null, default);

        var switched = acme.Workspace.Configuration with { Rules = new() { MayGiveAdmin = true } };
        Assert.Equal(
            "grantCeiling",
            (await new ChangeConfiguration(acme.Store).RunAsync(lead, acme.Id, null, switched, default)).Refusal?.Code
        );
        Assert.True((await new ChangeConfiguration(acme.Store).RunAsync(admin, acme.Id, null, switched, default)).Done);
        await bench.MakeAsync(RuleBench.Draft("Admins", group, "admin"));
        Assert.Equal("admin", (await bench.HasAsync(ann.Id)).Role);
        await acme.ConfigureAsync(c => c with { Rules = null });
        await bench.WorkAsync();
        Assert.NotEqual("admin", (await bench.HasAsync(ann.Id)).Role);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task The_last_admin_stays_one_whatever_rules_say(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind, c => c with { Rules = new() { MayGiveAdmin = true } });
        var bench = new RuleBench(acme);
        var owner = await acme.JoinAsync("owner@acme.test", "admin");
        var group = await bench.GroupAsync("G", true, owner.Id);
        await bench.MakeAsync(RuleBench.Draft("Everybody looks", group, "viewer"));
        Assert.Equal("admin", (await bench.HasAsync(owner.Id)).Role);
        await acme.AgreesAsync();

        var second = await acme.JoinAsync("second@acme.test", "viewer");
        var admins = await bench.GroupAsync("Admins", true, second.Id);
        await bench.MakeAsync(RuleBench.Draft("Admins", admins, "admin"));
        Assert.Equal("admin", (await bench.HasAsync(second.Id)).Role);
        Assert.True((await acme.AssignAsync(Actor.Operator, owner.Id, "viewer")).Done);
        Assert.True((await bench.MoveAsync(admins, MembershipStepKind.Remove, second.Id)).Done);
        Assert.Equal("admin", (await bench.HasAsync(second.Id)).Role);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_role_or_license_of_a_rule_does_not_vanish_and_a_group_only_by_the_directory(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var ann = (await bench.ProvisionAsync("ann@acme.test")).Value;
        var group = await bench.GroupAsync("Engineers", true, ann.Id);
        await bench.MakeAsync(RuleBench.Draft("Engineering", group, "editor"));
        var without = acme.Workspace.Configuration with { Roles = [.. acme.Workspace.Configuration.Roles.Where(r => r.Key != "editor")] };
        without = without with { Join = without.Join with { DefaultRole = "viewer" } };
        var refused = (await new ChangeConfiguration(acme.Store).RunAsync(Actor.Operator, acme.Id, null, without, default)).Refusal;
        Assert.Equal("roleInUse", refused?.Code);
        Assert.Equal(
            "groupInUse",
            (await new DeleteGroup(acme.Store).RunAsync(Actor.Operator, acme.Id, group.Id, null, default)).Refusal?.Code
        );
        Assert.True((await new DeleteGroup(acme.Store).RunAsync(acme.Directory, acme.Id, group.Id, null, default)).Done);
        Assert.Contains(
            "The group Engineers that it asks for is gone",
            (await bench.ListAsync()).Rules.Rules[0].Broken,
            StringComparison.Ordinal
        );
        await using var db = acme.Store.Read();
        Assert.False(await db.Grants.AnyAsync(g => g.Origin == GrantOrigin.Group));
        await bench.WorkAsync();
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Every_change_of_a_rule_and_everything_it_gives_leaves_a_line(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var ann = (await bench.ProvisionAsync("ann@acme.test")).Value;
        var group = await bench.GroupAsync("G", true, ann.Id);
        var rule = await bench.MakeAsync(RuleBench.Draft("Editors", group, "editor"));
        await new ChangeRule(acme.Store).RunAsync(
            Actor.Operator,
            acme.Id,
            rule.Id,
            1,
            RuleBench.Draft("Authors", group, "editor"),
            default
        );
        var stale = await new ChangeRule(acme.Store).RunAsync(
            Actor.Operator,
            acme.Id,
            rule.Id,
            1,
            RuleBench.Draft("X", group, "viewer"),
            default
        );
        Assert.Equal("stale", stale.Refusal?.Code);
        await bench.MakeAsync(RuleBench.Draft("More", group, "viewer"));
        await new MoveRule(acme.Store).RunAsync(Actor.Operator, acme.Id, rule.Id, 1, default);
        await new ResolveRules(acme.Store).RunAsync(Actor.Operator, acme.Id, default);
        await bench.WorkAsync();
        await new DeleteRule(acme.Store).RunAsync(Actor.Operator, acme.Id, rule.Id, null, default);
        var lines = (await acme.AuditAsync()).Where(a => a.Act.StartsWith("rule", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            ["rule.created", "rule.applied", "rule.changed", "rule.created", "rule.moved", "rules.started", "rule.applied", "rule.deleted"],
            lines.Select(l => l.Act)
        );
        Assert.Equal(("by rule Editors", ann.Id.Value), (lines[1].Reason, lines[1].TargetId));
        Assert.Contains("editor", lines[1].After, StringComparison.Ordinal);
        Assert.Contains("Authors", lines[2].After, StringComparison.Ordinal);
        Assert.Equal(ActorKind.System, lines[1].ActorKind);
    }
}
