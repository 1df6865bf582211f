using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Declared;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Members;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Rules;

/// <summary>Rules that ask for an attribute which the workspace adds to those of SCIM.</summary>
public class RuleAttributeTests
{
    private static readonly CustomAttribute[] Defined =
    [
        new() { Name = "costCenter" },
        new() { Name = "shifts", Several = true },
        new() { Name = "leads", Type = CustomType.Boolean },
        new() { Name = "level", Type = CustomType.WholeNumber },
        new() { Name = "since", Type = CustomType.DateTime },
    ];

    [Theory, EachDatabase]
    public async Task A_value_gives_a_role_and_a_group_and_takes_them_back_when_the_directory_says_otherwise(Database kind)
    {
        await using var acme = await WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var ours = await bench.GroupAsync("Plant", byDirectory: false);
        var early = (await bench.ProvisionAsync("early@acme.test", Own("""{"costCenter":"K-4711"}"""))).Value;
        var draft = Draft("Plant 4711", "COSTCENTER", "k-4711", "editor", ours.Id);
        var foreseen = (await new PreviewRules(acme.Store).RunAsync(Actor.Operator, acme.Id, new RuleEdit.Create(draft), default)).Value;
        Assert.Equal((1, "viewer", "editor"), (foreseen.People, foreseen.First[0].Before.Role, foreseen.First[0].After.Role));
        var rule = await bench.MakeAsync(draft);
        Assert.Equal(("costCenter", "k-4711"), (rule.Attribute, rule.Value)); // as the workspace writes it
        Assert.Equal("editor", (await bench.HasAsync(early.Id)).Role);

        var late = (await bench.ProvisionAsync("late@acme.test", Own("""{"costCenter":"k-4711"}"""))).Value;
        var other = (await bench.ProvisionAsync("other@acme.test", Own("""{"shifts":["K-4711"]}"""))).Value;
        var without = (await bench.ProvisionAsync("none@acme.test")).Value;
        Assert.Equal(["editor", "viewer", "viewer"], await RolesAsync(bench, late, other, without));
        Assert.Equal(new[] { early.Id, late.Id }.Order(), await bench.InAsync(ours));
        var list = await bench.ListAsync();
        await using (var db = acme.Store.Read())
        {
            var grant = await db.Grants.SingleAsync(g => g.MemberId == late.Id && g.Origin == GrantOrigin.Group);
            Assert.Equal("by rule \"Plant 4711\" (costCenter k-4711)", RuleWords.Because(list.Rules, grant));
        }

        Assert.Equal("ruleGiven", (await acme.AssignAsync(Actor.Operator, late.Id, "viewer")).Refusal?.Code);

        // the attribute changes, and comes to somebody who had none
        Assert.True((await bench.DescribeAsync(early.Id, Own("""{"costCenter":"K-1"}"""))).Done);
        Assert.True((await bench.DescribeAsync(without.Id, Own("""{"costCenter":"K-4711"}"""))).Done);
        Assert.Equal(["viewer", "editor"], await RolesAsync(bench, early, without));
        Assert.Equal(new[] { late.Id, without.Id }.Order(), await bench.InAsync(ours));
        Assert.True((await bench.DescribeAsync(without.Id, null)).Done);
        Assert.Equal(["viewer"], await RolesAsync(bench, without));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Values_are_the_same_by_their_type_and_one_of_several_is_enough(Database kind)
    {
        await using var acme = await WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        (string Attribute, string Value, string Document)[] same =
        [
            ("shifts", "Night", """{"shifts":["day","NIGHT"]}"""),
            ("leads", "True", """{"leads":true}"""),
            ("level", "007", """{"level":7}"""),
            ("since", "2026-01-01T01:00:00+01:00", """{"since":"2026-01-01T00:00:00Z"}"""),
        ];
        foreach (var (attribute, value, _) in same)
        {
            await bench.MakeAsync(Draft(attribute, attribute, value, "editor"));
        }

        var people = new List<Member>();
        foreach (var (attribute, _, document) in same)
        {
            people.Add((await bench.ProvisionAsync($"{attribute}@acme.test", Own(document))).Value);
        }

        Assert.All(await RolesAsync(bench, [.. people]), role => Assert.Equal("editor", role));
        var not = (await bench.ProvisionAsync("not@acme.test", Own("""{"shifts":["day"],"leads":false,"level":8,"since":"odd"}"""))).Value;
        Assert.Equal(["viewer"], await RolesAsync(bench, not));
        (string Code, string Field, RuleDraft Draft)[] wrong =
        [
            ("unknownAttribute", "attribute", Draft("A", "plant", "1", "editor")),
            ("unknownAttribute", "attribute", Draft("A", null, "1", "editor")),
            ("invalidValue", "value", Draft("A", "costCenter", " ", "editor")),
            ("invalidValue", "value", Draft("A", "leads", "perhaps", "editor")),
            ("invalidValue", "value", Draft("A", "level", "7.5", "editor")),
            ("invalidValue", "value", Draft("A", "since", "yesterday evening", "editor")),
        ];
        foreach (var (code, field, draft) in wrong)
        {
            var refusal = (await bench.TryMakeAsync(draft)).Refusal;
            Assert.Equal((code, field), (refusal?.Code, refusal?.Field));
            Assert.EndsWith(".", refusal!.Message, StringComparison.Ordinal);
        }

        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task An_attribute_for_which_a_rule_asks_does_not_vanish_and_where_it_is_read_elsewhere_everybody_is_looked_at(
        Database kind
    )
    {
        await using var acme = await WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var ann = (await bench.ProvisionAsync("ann@acme.test", Own("""{"costCenter":"4711"}"""))).Value;
        await bench.MakeAsync(Draft("Plant", "costCenter", "4711", "editor"));
        Assert.Equal("editor", (await bench.HasAsync(ann.Id)).Role);

        var now = acme.Workspace.Configuration;
        var without = now with { Scim = now.Scim with { Attributes = [.. Defined.Skip(1)] } };
        var foreseen = (await new PreviewConfiguration(acme.Store).RunAsync(Actor.Operator, acme.Id, without, default)).Value.Refusal;
        var refused = (await new ChangeConfiguration(acme.Store).RunAsync(Actor.Operator, acme.Id, null, without, default)).Refusal;
        foreach (var no in new[] { foreseen, refused })
        {
            Assert.Equal(("attributeInUse", "scim.attributes"), (no?.Code, no?.Field));
            Assert.Equal("A group rule asks for the attribute costCenter: change the rule first.", no?.Message);
        }

        // others may go and come, and one may be written with other letters: nothing is lost
        await acme.ConfigureAsync(c => c with { Scim = c.Scim with { Attributes = [.. Defined.Take(2)] } });
        Assert.Equal("editor", (await bench.HasAsync(ann.Id)).Role);

        // an extension of another name: what was sent under the old one is read no more, and again when it is back
        const string Urn = "urn:ietf:params:scim:schemas:extension:acme:2.0:User";
        await acme.ConfigureAsync(c => c with { Scim = c.Scim with { AttributeSchema = Urn } });
        await bench.WorkAsync();
        Assert.Equal("viewer", (await bench.HasAsync(ann.Id)).Role);
        await acme.AgreesAsync();
        await acme.ConfigureAsync(c => c with { Scim = c.Scim with { AttributeSchema = null } });
        await bench.WorkAsync();
        Assert.Equal("editor", (await bench.HasAsync(ann.Id)).Role);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_rule_whose_attribute_is_gone_or_of_another_type_says_so_and_works_again_with_it(Database kind)
    {
        await using var acme = await WorkspaceAsync(kind);
        var bench = new RuleBench(acme);
        var ann = (await bench.ProvisionAsync("ann@acme.test", Own("""{"costCenter":"K-4711"}"""))).Value;
        await bench.MakeAsync(Draft("Plant", "costCenter", "K-4711", "editor"));

        // as another preset would leave it
        await PutAsync([.. Defined.Skip(1)]);
        Assert.Equal(
            "The attribute costCenter that it asks for is gone. Choose another one, or define it again.",
            (await bench.ListAsync()).Rules.Rules[0].Broken
        );
        await PutAsync([new() { Name = "costCenter", Type = CustomType.Number }]);
        Assert.StartsWith(
            "The attribute costCenter holds numbers by now",
            (await bench.ListAsync()).Rules.Rules[0].Broken,
            StringComparison.Ordinal
        );
        await new ResolveRules(acme.Store).RunAsync(Actor.Operator, acme.Id, default);
        await bench.WorkAsync();
        Assert.Equal("viewer", (await bench.HasAsync(ann.Id)).Role);

        await PutAsync([new() { Name = "CostCenter" }]);
        Assert.Null((await bench.ListAsync()).Rules.Rules[0].Broken);
        await new ResolveRules(acme.Store).RunAsync(Actor.Operator, acme.Id, default);
        await bench.WorkAsync();
        Assert.Equal("editor", (await bench.HasAsync(ann.Id)).Role);
        await acme.AgreesAsync();

        Task PutAsync(CustomAttribute[] attributes) =>
            acme.Store.ChangeAsync<Nothing>(
                Actor.Operator,
                acme.Id,
                "test",
                async attempt =>
                {
                    var row = (await WorkspaceContext.ByIdAsync(attempt.Db, acme.Id, default))!;
                    var configuration = row.Configuration with { Scim = row.Configuration.Scim with { Attributes = attributes } };
                    attempt.Changes.Update(row.Row, row.Row with { Configuration = configuration.Write(), Version = row.Row.Version + 1 });
                    return default(Nothing);
                },
                default
            );
    }

    [Theory, EachDatabase]
    public async Task A_workspace_file_makes_attribute_and_rule_at_once_and_says_which_attribute_there_is_not(Database kind)
    {
        await using var from = await WorkspaceAsync(kind);
        var bench = new RuleBench(from);
        await bench.MakeAsync(Draft("Plant", "costCenter", "4711", "editor"));
        var file = (await new ExportWorkspaceFile(from.Store).RunAsync(Actor.Operator, from.Id, default)).Value;
        Assert.Contains("\"attribute\": \"costCenter\"", file.Write(), StringComparison.Ordinal);

        await using var to = await RuleBench.WorkspaceAsync(kind);
        var wanted = file with { Workspace = to.Workspace.Row.Slug, Name = to.Workspace.Row.Name };
        var done = await ApplyAsync(wanted);
        Assert.Null(done.Refused);
        Assert.Equal(("costCenter", "4711"), (await new RuleBench(to).RulesAsync()).Select(r => (r.Attribute, r.Value)).Single());
        Assert.Empty((await ApplyAsync(wanted)).Lines);
        var odd = await ApplyAsync(wanted with { Rules = [wanted.Rules![0] with { Attribute = "plant" }] });
        Assert.Equal(("rules[0].attribute", "unknownAttribute"), (odd.Refused?.Field, odd.Refused?.Code));

        async Task<AppliedFile> ApplyAsync(WorkspaceFile some) =>
            (
                await new ApplyWorkspaceFile(to.Store).RunAsync(
                    ApplyWorkspaceFile.Operator,
                    some,
                    false,
                    _ => null,
                    (_, _) => Task.FromResult<Refusal?>(null),
                    default
                )
            ).Value;
    }

    private static Task<TestWorkspace> WorkspaceAsync(Database kind) =>
        RuleBench.WorkspaceAsync(kind, c => c with { Scim = c.Scim with { Attributes = Defined } });

    private static RuleDraft Draft(string name, string? attribute, string value, string role, params Id<Group>[] fills) =>
        RuleBench.Draft(name, RuleAsks.Attribute, value, role, fills) with
        {
            Attribute = attribute,
        };

    private static string Own(string values) => $$"""{"{{CustomAttribute.UsualSchema}}":{{values}}}""";

    private static async Task<List<string>> RolesAsync(RuleBench bench, params Member[] members)
    {
        var roles = new List<string>();
        foreach (var member in members)
        {
            roles.Add((await bench.HasAsync(member.Id)).Role);
        }

        return roles;
    }
}
