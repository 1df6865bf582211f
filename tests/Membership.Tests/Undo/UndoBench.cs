using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Undo;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Undo;

/// <summary>One directory in cycles: what it does between two calls of <see cref="CycleAsync"/> is one, with its row in the log.</summary>
internal sealed class UndoBench(TestWorkspace acme)
{
    public TestWorkspace Acme => acme;

    /// <summary>The directory, the same one in each act.</summary>
    public Actor Okta { get; } = acme.Directory with { Name = "Okta" };

    private int _cycles;

    /// <summary>A cycle: what is done in it, and then a pause that ends it.</summary>
    public async Task<Id<ProvisioningCycle>> CycleAsync(Func<Task> acts)
    {
        acme.Clock.Advance(ProvisioningCycle.Gap + TimeSpan.FromMinutes(1));
        var began = acme.Clock.GetUtcNow();
        await acts();
        var cycle = new ProvisioningCycle
        {
            WorkspaceId = acme.Id,
            ClientId = Okta.Id!.Value,
            Number = ++_cycles,
            Id = Id<ProvisioningCycle>.New(acme.Clock),
            Client = "Okta",
            StartedAt = began,
            LastAt = acme.Clock.GetUtcNow(),
            Requests = 1,
        };
        await using var db = acme.Store.Read();
        await acme.Store.WriteBesideAsync(
            [Membership.Data.RowMap.Of<ProvisioningCycle>(db).Insert([cycle], "")],
            TimeSpan.FromSeconds(5),
            default
        );
        acme.Clock.Advance(ProvisioningCycle.Gap + TimeSpan.FromMinutes(1));
        return cycle.Id;
    }

    public async Task<Member> MakeAsync(string name, string? document = null, bool active = true) =>
        (
            await new ProvisionMember(acme.Store).RunAsync(
                Okta,
                acme.Id,
                new()
                {
                    UserName = $"{name}@acme.test",
                    DisplayName = name,
                    Email = $"{name}@acme.test",
                    Document = document ?? Document(name),
                    Keys = [.. DocumentKeys.OfAddress($"{name}@acme.test", "work")],
                    Active = active,
                },
                default
            )
        ).Value;

    public async Task<List<Member>> MakeAsync(int count)
    {
        List<Member> made = [];
        for (var i = 0; i < count; i++)
        {
            made.Add(await MakeAsync($"p{i:D3}"));
        }

        return made;
    }

    public static string Document(string name, string title = "Engineer") =>
        $$"""{"emails":[{"value":"{{name}}@acme.test","type":"work","primary":true}],"title":"{{title}}"}""";

    public Task<Outcome<Member>> SayAsync(Id<Member> member, Func<MemberAttributes, MemberAttributes> revise) =>
        new UpdateProvisionedMember(acme.Store).RunAsync(
            Okta,
            acme.Id,
            member,
            null,
            m => revise(MemberAttributes.Of(m) with { Keys = DocumentKeys.Of(m) }),
            default
        );

    public async Task SayAsync(IEnumerable<Member> members, Func<MemberAttributes, MemberAttributes> revise)
    {
        foreach (var member in members)
        {
            _ = (await SayAsync(member.Id, revise)).Value;
        }
    }

    public Task<Outcome<bool>> DeleteAsync(Id<Member> member) => new EndMember(acme.Store).RunAsync(Okta, acme.Id, member, null, default);

    public async Task<Group> GroupAsync(string name, params IEnumerable<Member> members) =>
        (await new CreateGroup(acme.Store).RunAsync(Okta, acme.Id, new() { DisplayName = name }, [.. members.Select(m => m.Id)], default))
            .Value
            .Group;

    public Task<Outcome<ChangedGroup>> MoveAsync(Group group, MembershipStepKind kind, params IEnumerable<Member> members) =>
        new ReviseGroup(acme.Store).RunAsync(
            Okta,
            acme.Id,
            group.Id,
            null,
            g => (GroupFacts.Of(g), [new MembershipStep(kind, [.. members.Select(m => m.Id)])]),
            default
        );

    public Task<Outcome<ChangedGroup>> RenameAsync(Group group, string name) =>
        new ReviseGroup(acme.Store).RunAsync(
            Okta,
            acme.Id,
            group.Id,
            null,
            g => (GroupFacts.Of(g) with { DisplayName = name }, []),
            default
        );

    public Task<Outcome<Nothing>> DeleteAsync(Group group) => new DeleteGroup(acme.Store).RunAsync(Okta, acme.Id, group.Id, null, default);

    public async Task<UndoPreview> PreviewAsync(Id<ProvisioningCycle> cycle) =>
        (await new PreviewUndo(acme.Store).RunAsync(Actor.Operator, acme.Id, cycle, default)).Value;

    /// <summary>Begins an undo, confirmed.</summary>
    public async Task<Outcome<CycleUndo>> BeginAsync(Id<ProvisioningCycle> cycle, Actor? actor = null) =>
        await new UndoCycle(acme.Store).RunAsync(actor ?? Actor.Operator, acme.Id, cycle, (await PreviewAsync(cycle)).Total, default);

    /// <summary>Undoes a cycle to its end; the counts agree afterwards.</summary>
    public async Task<UndoProgress> UndoAsync(Id<ProvisioningCycle> cycle, Actor? actor = null)
    {
        _ = (await BeginAsync(cycle, actor)).Value;
        await WorkAsync(cycle);
        await acme.AgreesAsync();
        return await ReadAsync(cycle);
    }

    public async Task<UndoProgress> ReadAsync(Id<ProvisioningCycle> cycle) =>
        (await new ReadUndo(acme.Store).RunAsync(Actor.Operator, acme.Id, cycle, default)).Value;

    /// <summary>Works an undo off, as the outbox would.</summary>
    public async Task WorkAsync(Id<ProvisioningCycle> cycle, TestWorkspace? server = null)
    {
        while ((await ReadAsync(cycle)).Run.DoneAt is null)
        {
            var delivery = await new WorkCycleUndo((server ?? acme).Store).DeliverAsync(Message(cycle), default);
            Assert.True(delivery.End is DeliveryEnd.Done or DeliveryEnd.NotWanted, delivery.Reason);
        }
    }

    public OutboxMessage Message(Id<ProvisioningCycle> cycle) =>
        new()
        {
            Id = default,
            WorkspaceId = acme.Id,
            Subject = "",
            Kind = OutboxKind.CycleUndo,
            About = cycle.Value,
            CreatedAt = default,
            DueAt = default,
        };

    /// <summary>All that a cycle may change, as texts: rows without versions and times, keys, who is in groups.</summary>
    public async Task<List<string>> StateAsync(bool withWord = false)
    {
        await using var db = acme.Store.Read();
        var members = await db.Members.Where(m => m.State != MemberState.Ended).ToListAsync();
        var keys = await db.MemberKeys.ToListAsync();
        var groups = await db.Groups.ToListAsync();
        var inside = await db.GroupMembers.ToListAsync();
        var grants = await db.Grants.ToListAsync();
        var living = members.Select(m => m.Id).ToHashSet();
        return
        [
            .. members
                .Select(m =>
                    $"{m.Id} {m.UserName} {m.UserNameKey} {m.ExternalId} {m.Email} {m.DisplayName} {m.GivenName} {m.FamilyName} {m.State} "
                    + $"{m.Role} {m.License} {m.HasSeat} {m.Document} {m.SortKey}{(withWord ? $" {m.DirectoryActive} {m.HeldAs}" : "")}"
                )
                .Order(StringComparer.Ordinal),
            .. keys.Where(k => living.Contains(k.MemberId))
                .Select(k => $"{k.MemberId} {k.Attribute} {k.Value}")
                .Order(StringComparer.Ordinal),
            .. groups
                .Select(g => $"{g.Id} {g.DisplayName} {g.UniqueNameKey} {g.ExternalId} {g.Document} {g.IsDirectoryManaged} {g.CreatedAt}")
                .Order(StringComparer.Ordinal),
            .. inside.Select(g => $"{g.GroupId} {g.MemberId} {g.RuleId}").Order(StringComparer.Ordinal),
            .. grants
                .Where(g => living.Contains(g.MemberId))
                .Select(g => $"{g.MemberId} {g.Kind} {g.Origin} {g.Value} {g.Wanted}")
                .Order(StringComparer.Ordinal),
        ];
    }
}
