using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Rules;

/// <summary>Rules of a test workspace, and a directory that describes people.</summary>
internal sealed class RuleBench(TestWorkspace acme)
{
    public TestWorkspace Acme => acme;

    /// <summary>One directory, the same each time.</summary>
    public Actor Directory { get; } = acme.Directory;

    /// <summary>A workspace whose newcomers are viewers, with editors who need a seat.</summary>
    public static Task<TestWorkspace> WorkspaceAsync(Database kind, Func<WorkspaceConfiguration, WorkspaceConfiguration>? change = null) =>
        TestWorkspace.NewAsync(
            kind,
            change: c =>
            {
                c = c with
                {
                    Roles = [.. c.Roles, c.Role("member")! with { Key = "editor", Label = "Editor", Rank = 60 }],
                    Join = c.Join with { DefaultRole = "viewer" },
                };
                return change?.Invoke(c) ?? c;
            }
        );

    public async Task<Group> GroupAsync(string name, bool byDirectory = true, params Id<Member>[] members) =>
        (
            await new CreateGroup(acme.Store).RunAsync(
                byDirectory ? Directory : Actor.Operator,
                acme.Id,
                new() { DisplayName = name },
                members,
                default
            )
        )
            .Value
            .Group;

    public Task<Outcome<GroupRule>> TryMakeAsync(RuleDraft draft, Actor? actor = null) =>
        new CreateRule(acme.Store).RunAsync(actor ?? Actor.Operator, acme.Id, draft, default);

    public async Task<GroupRule> MakeAsync(RuleDraft draft)
    {
        var rule = (await TryMakeAsync(draft)).Value;
        await WorkAsync();
        return rule;
    }

    public static RuleDraft Draft(string name, Group group, string? role = null, string? license = null, params Id<Group>[] fills) =>
        new()
        {
            Name = name,
            Asks = RuleAsks.Group,
            GroupId = group.Id,
            Role = role,
            License = license,
            Fills = fills,
        };

    public static RuleDraft Draft(string name, RuleAsks asks, string value, string? role = null, params Id<Group>[] fills) =>
        new()
        {
            Name = name,
            Asks = asks,
            Value = value,
            Role = role,
            Fills = fills,
        };

    public static string Department(string name) =>
        $$$"""{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"{{{name}}}"}}""";

    public Task<Outcome<Member>> ProvisionAsync(string userName, string? document = null) =>
        new ProvisionMember(acme.Store).RunAsync(Directory, acme.Id, new() { UserName = userName, Document = document }, default);

    public Task<Outcome<Member>> DescribeAsync(Id<Member> member, string? document) =>
        new UpdateProvisionedMember(acme.Store).RunAsync(
            Directory,
            acme.Id,
            member,
            null,
            m => MemberAttributes.Of(m) with { Document = document },
            default
        );

    public Task<Outcome<ChangedGroup>> MoveAsync(Group group, MembershipStepKind kind, params Id<Member>[] members) =>
        MoveAsync(Directory, group, kind, members);

    public Task<Outcome<ChangedGroup>> MoveAsync(Actor actor, Group group, MembershipStepKind kind, params Id<Member>[] members) =>
        new ReviseGroup(acme.Store).RunAsync(
            actor,
            acme.Id,
            group.Id,
            null,
            g => (GroupFacts.Of(g), [new MembershipStep(kind, members)]),
            default
        );

    public async Task<(string Role, string? License)> HasAsync(Id<Member> member)
    {
        var now = await acme.ReadAsync(member);
        return (now.Role, now.License);
    }

    public async Task<IReadOnlyList<Id<Member>>> InAsync(Group group)
    {
        await using var db = acme.Store.Read();
        return [.. (await db.GroupMembers.Where(g => g.GroupId == group.Id).Select(g => g.MemberId).ToListAsync()).Order()];
    }

    /// <summary>Works the look through all members off.</summary>
    public async Task<RuleRun> WorkAsync()
    {
        var message = new OutboxMessage
        {
            Id = default,
            WorkspaceId = acme.Id,
            Subject = "",
            Kind = OutboxKind.RuleRun,
            About = acme.Id.Value,
            CreatedAt = default,
            DueAt = default,
        };
        while (true)
        {
            var delivery = await new WorkRuleRun(acme.Store).DeliverAsync(message, default);
            Assert.True(delivery.End is DeliveryEnd.Done or DeliveryEnd.NotWanted, delivery.Reason);
            if ((await ListAsync()).Run is { DoneAt: not null } done)
            {
                return done;
            }
        }
    }

    public async Task<RuleList> ListAsync() => (await new ListRules(acme.Store).RunAsync(Actor.Operator, acme.Id, default)).Value;

    public async Task<IReadOnlyList<GroupRule>> RulesAsync() => [.. (await ListAsync()).Rules.Rules.Select(r => r.Rule)];
}
