using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;

namespace UserManagement.Membership.Tests.Holds;

/// <summary>A workspace with rules for what is held, people whom one directory brought, and an admin.</summary>
internal sealed class HoldRig : IAsyncDisposable
{
    private HoldRig(TestWorkspace acme, Actor directory, Actor admin)
    {
        (Acme, Directory, Admin) = (acme, directory, admin);
    }

    public TestWorkspace Acme { get; }

    /// <summary>One directory, the same each time.</summary>
    public Actor Directory { get; }

    public Actor Admin { get; }

    public List<Id<Member>> People { get; } = [];

    public static async Task<HoldRig> NewAsync(Database kind, HoldRules? rules, int people, string preset = "csv")
    {
        var acme = await TestWorkspace.NewAsync(kind, preset);
        var rig = new HoldRig(acme, acme.Directory, Actor.Operator);
        for (var i = 0; i < people; i++)
        {
            rig.People.Add((await rig.BringAsync($"p{i:00}@acme.test")).Value.Id);
        }

        await rig.RulesAsync(rules);
        return rig;
    }

    public Task RulesAsync(HoldRules? rules) => Acme.ConfigureAsync(c => c with { Scim = c.Scim with { Hold = rules } });

    public Task<Outcome<Member>> BringAsync(string userName) =>
        new ProvisionMember(Acme.Store).RunAsync(Directory, Acme.Id, new MemberAttributes { UserName = userName }, default);

    public Task<Outcome<Member>> SayAsync(Id<Member> member, bool active, Store? store = null) =>
        new UpdateProvisionedMember(store ?? Acme.Store).RunAsync(
            Directory,
            Acme.Id,
            member,
            null,
            m => MemberAttributes.Of(m) with { Active = active },
            default
        );

    public Task<Outcome<bool>> EndAsync(Id<Member> member) => new EndMember(Acme.Store).RunAsync(Directory, Acme.Id, member, null, default);

    public Task<Outcome<ChangedGroup>> TakeOutAsync(Id<Group> group, IEnumerable<Id<Member>> members) =>
        new ReviseGroup(Acme.Store).RunAsync(
            Directory,
            Acme.Id,
            group,
            null,
            g => (GroupFacts.Of(g), [new MembershipStep(MembershipStepKind.Remove, [.. members])]),
            default
        );

    public async Task<(HeldAs? Held, MemberState State)> HeldAsync(Id<Member> id)
    {
        var member = await Acme.ReadAsync(id);
        return (member.HeldAs, member.State);
    }

    public ValueTask DisposeAsync() => Acme.DisposeAsync();
}
