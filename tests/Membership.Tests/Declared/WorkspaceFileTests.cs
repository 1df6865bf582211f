using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Declared;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Tests.Rules;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Declared;

/// <summary>A workspace kept as a file.</summary>
public sealed class WorkspaceFileTests
{
    private static readonly ConnectionProbe NoProbe = (_, _) => Task.FromResult<Refusal?>(null);

    [Theory, EachDatabase]
    public async Task What_is_exported_is_like_the_workspace_and_what_is_changed_in_it_is_planned_and_applied_once(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "licensed");
        await new CreateGroup(acme.Store).RunAsync(Actor.Operator, acme.Id, new() { DisplayName = "Sales" }, [], default);
        await new CreateGroup(acme.Store).RunAsync(acme.Directory, acme.Id, new() { DisplayName = "Of the directory" }, [], default);
        var file = await ExportAsync(acme);
        Assert.Equal(["Sales"], file.Groups!.Select(g => g.Name));
        Assert.Equal(file.Write(), Read(file.Write()).Write());
        Assert.Empty((await ApplyAsync(acme, Read(file.Write()))).Lines);

        var wanted = file with
        {
            Configuration = file.Configuration! with
            {
                Capacity = file.Configuration.Capacity with { MemberSlots = 77 },
                Roles = [.. file.Configuration.Roles, file.Configuration.Roles[^1] with { Key = "guest", Label = "Guest" }],
            },
            Groups = [.. file.Groups!, new() { Name = "Support" }],
            Domains = [new() { Name = "Acme.Example" }],
            Connections =
            [
                new()
                {
                    Kind = ConnectionKind.Oidc,
                    Name = "Acme SSO",
                    Authority = "https://sso.acme.example",
                    ClientId = "um",
                    CredentialVariable = "SSO_SECRET",
                },
            ],
        };
        var plan = await ApplyAsync(acme, wanted, planOnly: true);
        Assert.Null(plan.Refused);
        string[] said =
        [
            "configuration.roles: guest is added",
            "make the group Support",
            "claim the domain Acme.Example",
            "make the connection Acme SSO to https://sso.acme.example",
        ];
        Assert.Empty(said.Except(plan.Lines));
        Assert.Contains(
            plan.Lines,
            l =>
                l.StartsWith("configuration.capacity.memberSlots: ", StringComparison.Ordinal)
                && l.EndsWith("becomes 77", StringComparison.Ordinal)
        );
        Assert.Equal(file.Write(), (await ExportAsync(acme)).Write()); // nothing was done

        var done = await ApplyAsync(acme, wanted);
        Assert.Equal((null, plan.Lines.Count), (done.Refused, done.Lines.Count));
        Assert.Empty((await ApplyAsync(acme, wanted)).Lines);
        Assert.Empty((await ApplyAsync(acme, await ExportAsync(acme))).Lines);
        Assert.DoesNotContain("s3cret", (await ExportAsync(acme)).Write(), StringComparison.Ordinal);
        Assert.Equal(
            ["connection.created", "emailDomain.claimed", "group.created", "workspace.configured"],
            (await acme.AuditAsync()).Where(l => l.ActorName == ApplyWorkspaceFile.Operator.Name).Select(l => l.Act).Order()
        );
        Assert.Equal(
            "forbidden",
            (await new ApplyWorkspaceFile(acme.Store).RunAsync(acme.Directory, wanted, false, _ => null, NoProbe, default)).Refusal!.Code
        );

        // what is left out is left alone; what changes is changed
        Assert.Empty(
            (await ApplyAsync(acme, wanted with { Configuration = null, Groups = null, Connections = null, Domains = null })).Lines
        );
        var renamed = wanted with { Connections = [wanted.Connections![0] with { Name = "SSO", CredentialVariable = null }] };
        Assert.Equal(["change the connection SSO"], (await ApplyAsync(acme, renamed)).Lines);
        Assert.Empty((await ApplyAsync(acme, renamed)).Lines);
        var named = wanted with { Name = "Acme Ltd", Configuration = null, Groups = null, Connections = null, Domains = null };
        Assert.Equal(["rename the workspace to Acme Ltd"], (await ApplyAsync(acme, named)).Lines);
        Assert.Empty((await ApplyAsync(acme, named)).Lines);
        await using var db = acme.Store.Read();
        Assert.Equal(
            "s3cret",
            acme.Store.Box.OpenText(IdentityConnection.Purpose, (await db.IdentityConnections.SingleAsync()).CredentialSealed)
        );
    }

    [Theory, EachDatabase]
    public async Task A_workspace_that_is_not_there_is_made_and_what_an_act_refuses_is_told_with_its_place(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.JoinAsync("jo@acme.test", "member");
        var file = await ExportAsync(acme);
        var copy = file with { Workspace = "copy", Name = "Copy" };
        Assert.Contains("make the workspace copy from the preset seats", (await ApplyAsync(acme, copy, planOnly: true)).Lines);
        Assert.Null((await ApplyAsync(acme, copy)).Refused);
        Assert.Empty((await ApplyAsync(acme, copy)).Lines);

        async Task RefusedAsync(string path, string code, WorkspaceFile wanted)
        {
            var refused = (await ApplyAsync(acme, wanted)).Refused!;
            Assert.Equal((path, code), (refused.Field, refused.Code));
        }

        var now = file.Configuration!;
        var before = file.Write();
        await RefusedAsync(
            "configuration.roles",
            "roleInUse",
            file with
            {
                Configuration = now with
                {
                    Roles = [.. now.Roles.Select(r => r.Key == "member" ? r with { NeedsSeat = !r.NeedsSeat } : r)],
                },
            }
        );
        await RefusedAsync(
            "configuration.roles",
            "invalidRoles",
            file with
            {
                Configuration = now with { Roles = [] },
                Groups = [new() { Name = "Never made" }],
            }
        );
        await RefusedAsync("groups[0].displayName", "invalidDisplayName", file with { Groups = [new() { Name = " " }] });
        await RefusedAsync(
            "domains[0].join",
            "domainNotProven",
            file with
            {
                Domains = [new() { Name = "acme.example", Join = DomainJoin.Request }],
            }
        );
        await RefusedAsync("domains[0].domain", "freeMail", file with { Domains = [new() { Name = "gmail.com" }] });
        await RefusedAsync(
            "connections[0].credentialVariable",
            "invalidCredentialVariable",
            file with
            {
                Connections =
                [
                    new()
                    {
                        Kind = ConnectionKind.Oidc,
                        Name = "X",
                        Authority = "https://x.example",
                        ClientId = "x",
                    },
                ],
            }
        );
        await RefusedAsync("workspace", "invalidSlug", file with { Workspace = "No Slug" });
        Assert.Equal(before, (await ExportAsync(acme)).Write());
    }

    [Theory, EachDatabase]
    public async Task Group_rules_are_kept_in_their_order_by_the_names_of_their_groups(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind, c => c with { Scim = c.Scim with { UniqueGroupNames = false } });
        var bench = new RuleBench(acme);
        var (engineers, sales) = (await bench.GroupAsync("Engineers"), await bench.GroupAsync("Sales", byDirectory: false));
        await bench.MakeAsync(RuleBench.Draft("Department", RuleAsks.Department, "Sales", "member", sales.Id));
        await bench.MakeAsync(RuleBench.Draft("Engineering", engineers, "editor"));
        var file = await ExportAsync(acme);
        Assert.Equal(["Department", "Engineering"], file.Rules!.Select(r => r.Name));
        Assert.Equal(("Engineers", "editor"), (file.Rules![1].Value, file.Rules[1].Role));
        Assert.Equal(["Sales"], file.Rules[0].Groups);
        Assert.Empty((await ApplyAsync(acme, Read(file.Write()))).Lines);

        // made with a role and a group of the same file, changed, and put in the file's order; what is not in the file stays behind
        var wanted = file with
        {
            Configuration = file.Configuration! with
            {
                Roles = [.. file.Configuration.Roles, file.Configuration.Role("editor")! with { Key = "lead", Label = "Lead" }],
            },
            Groups = [.. file.Groups!, new() { Name = "Leads" }],
            Rules =
            [
                new()
                {
                    Name = "Leads",
                    Asks = RuleAsks.Group,
                    Value = "engineers",
                    Role = "lead",
                    Groups = ["Leads"],
                },
                file.Rules[1] with
                {
                    Role = "member",
                },
            ],
        };
        var plan = await ApplyAsync(acme, wanted, planOnly: true);
        Assert.Null(plan.Refused);
        string[] said =
        [
            "make the rule Leads",
            "the rule Leads becomes number 1",
            "change the rule Engineering",
            "the rule Engineering becomes number 2",
        ];
        Assert.Equal(said, plan.Lines.TakeLast(4));
        Assert.Equal(file.Write(), (await ExportAsync(acme)).Write());
        var done = await ApplyAsync(acme, wanted);
        Assert.Equal((null, plan.Lines.Count), (done.Refused, done.Lines.Count));
        Assert.Equal(["Leads", "Engineering", "Department"], (await ExportAsync(acme)).Rules!.Select(r => r.Name));
        Assert.Empty((await ApplyAsync(acme, wanted)).Lines);
        Assert.Empty((await ApplyAsync(acme, await ExportAsync(acme))).Lines);
        await bench.WorkAsync();
        await bench.GroupAsync("Twins", byDirectory: false);
        await bench.GroupAsync("Twins", byDirectory: false);

        var before = (await ExportAsync(acme)).Write();
        var rule = wanted.Rules[1];
        (string Path, string Code, DeclaredRule[] Rules)[] wrong =
        [
            ("rules[0].name", "invalidName", [rule with { Name = " " }]),
            ("rules[1].name", "ruleNameTaken", [rule, rule with { Name = "ENGINEERING" }]),
            ("rules[0].value", "unknownGroup", [rule with { Value = "Nobody" }]),
            ("rules[0].value", "unknownGroup", [rule with { Value = "Sales" }]), // not the directory's
            ("rules[0].groups", "unknownGroup", [rule with { Groups = ["Nobody"] }]),
            ("rules[0].groups", "ambiguousGroup", [rule with { Groups = ["Twins"] }]),
            ("rules[0].role", "unknownRole", [rule with { Role = "nobody" }]),
            ("rules[0].license", "unknownLicense", [rule with { License = "nobody" }]),
            ("rules[0].role", "invalidRole", [rule with { Role = null }]),
        ];
        foreach (var (path, code, rules) in wrong)
        {
            var refused = (await ApplyAsync(acme, wanted with { Rules = rules, Name = "Never renamed" })).Refused;
            Assert.Equal((path, code), (refused?.Field, refused?.Code));
        }

        Assert.Equal(before, (await ExportAsync(acme)).Write());
    }

    [Fact]
    public void A_file_is_read_strictly_and_says_where_it_is_wrong()
    {
        (string Text, string Path)[] wrong =
        [
            ("", "$"),
            ("null", "$"),
            ("[]", "$"),
            ("""{"format":"usermanagement-workspace-2","workspace":"a"}""", "format"),
            ("""{"format":"usermanagement-workspace-1","workspace":"a","groups":[null]}""", "groups"),
            ("""{"format":"usermanagement-workspace-1","workspace":"a","groupz":[]}""", "groupz"),
            (
                """{"format":"usermanagement-workspace-1","workspace":"a","rules":[{"name":"a","asks":"group","value":"b","groups":[null]}]}""",
                "rules"
            ),
            ("""{"format":"usermanagement-workspace-1","workspace":"a","groups":[{"name":null}]}""", "groups[0].name"),
            ("""{"format":"usermanagement-workspace-1","workspace":"a","rules":[{"name":"a","asks":"x","value":"b"}]}""", "rules[0].asks"),
            (
                """{"format":"usermanagement-workspace-1","workspace":"a","configuration":{"capacity":{"seats":"ten"}}}""",
                "configuration.capacity.seats"
            ),
            (
                """{"format":"usermanagement-workspace-1","workspace":"a","configuration":{"capacity":{"seat":1}}}""",
                "configuration.capacity.seat"
            ),
            (
                """{"format":"usermanagement-workspace-1","workspace":"a","domains":[{"name":"a.example","join":"perhaps"}]}""",
                "domains[0].join"
            ),
        ];
        foreach (var (text, path) in wrong)
        {
            Assert.Equal(path, WorkspaceFile.Read(text).Refusal?.Field);
        }
    }

    private static WorkspaceFile Read(string text) => WorkspaceFile.Read(text).Value;

    private static async Task<WorkspaceFile> ExportAsync(TestWorkspace acme) =>
        (await new ExportWorkspaceFile(acme.Store).RunAsync(Actor.Operator, acme.Id, default)).Value;

    private static async Task<AppliedFile> ApplyAsync(TestWorkspace acme, WorkspaceFile file, bool planOnly = false) =>
        (
            await new ApplyWorkspaceFile(acme.Store).RunAsync(
                ApplyWorkspaceFile.Operator,
                file,
                planOnly,
                name => name == "SSO_SECRET" ? "s3cret" : null,
                NoProbe,
                default
            )
        ).Value;
}
