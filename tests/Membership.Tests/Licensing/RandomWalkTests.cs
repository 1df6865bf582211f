using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Licensing;

/// <summary>Thousands of acts in an order nobody thought of, on a workspace where everything is scarce.</summary>
public sealed class RandomWalkTests
{
    [Theory, EachDatabase]
    public async Task After_any_2000_acts_counts_rows_and_limits_agree(Database kind)
    {
        var seed = Random.Shared.Next();
        try
        {
            await WalkAsync(kind, seed);
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException($"The walk failed with seed {seed}.", fault);
        }
    }

    private static async Task WalkAsync(Database kind, int seed)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            change: c =>
                c with
                {
                    Capacity = new()
                    {
                        Seats = 5,
                        MemberSlots = 9,
                        OnFull = OnFull.Downgrade,
                    },
                    Licenses =
                    [
                        new LicenseType
                        {
                            Key = "pro",
                            Label = "Pro",
                            Pool = 3,
                        },
                        new LicenseType { Key = "basic", Label = "Basic" },
                    ],
                    Join = c.Join with { DefaultLicense = "pro" },
                }
        );
        var chance = new Walk(seed);
        await acme.JoinAsync("p0@acme.test", "admin");
        var links = new Dictionary<string, string>();
        var groups = new List<Id<Group>>();
        var store = acme.Store;
        for (var step = 1; step <= 2000; step++)
        {
            var name = $"p{chance.Next(16)}@acme.test";
            Member? member;
            await using (var db = store.Read())
            {
                member = await db.Members.FirstOrDefaultAsync(m => m.WorkspaceId == acme.Id && m.UserNameKey == name);
            }

            var id = member?.Id ?? default;
            Func<Task> act = chance.Next(17) switch
            {
                0 or 1 => () => acme.ProvisionAsync(name, chance.Next(3) > 0),
                2 => () => acme.SayAsync(id, active: true),
                3 => () => acme.SayAsync(id, active: false),
                4 => () => new EndMember(store).RunAsync(acme.Directory, acme.Id, id, null, default),
                5 => async () =>
                {
                    var outcome = await new InvitePeople(store).RunAsync(
                        Actor.Operator,
                        acme.Id,
                        new()
                        {
                            UserNames = [name],
                            Role = chance.Pick("admin", "member", "viewer"),
                            License = chance.Pick("pro", "basic"),
                            Groups = [.. groups.Take(1)],
                            SendMail = false,
                        },
                        default
                    );
                    if (outcome.Is(out var made, out _) && made[0].Outcome.Is(out var issued, out _))
                    {
                        links[name] = issued.LinkSecret;
                    }
                },
                6 or 7 => () => acme.RedeemAsync(links.GetValueOrDefault(name, ""), name),
                8 or 9 => () => acme.AssignAsync(Actor.Operator, id, chance.Pick("admin", "member", "viewer")),
                10 => () => new AssignLicense(store).RunAsync(Actor.Operator, acme.Id, id, chance.Pick("pro", "basic", ""), default),
                11 => () => new SuspendMember(store).RunAsync(Actor.Operator, acme.Id, id, default),
                12 => () => new RemoveMember(store).RunAsync(Actor.Operator, acme.Id, id, default),
                13 or 14 => () => new RestoreMember(store).RunAsync(Actor.Operator, acme.Id, id, default),
                15 => async () =>
                {
                    if (groups.Count < 3)
                    {
                        groups.Add(
                            (
                                await new CreateGroup(store).RunAsync(
                                    acme.Directory,
                                    acme.Id,
                                    new() { DisplayName = $"g{step}" },
                                    [id],
                                    default
                                )
                            )
                                .Value
                                .Group
                                .Id
                        );
                        return;
                    }

                    var group = groups[chance.Next(groups.Count)];
                    if (chance.Next(5) == 0)
                    {
                        groups.Remove(group);
                        await new DeleteGroup(store).RunAsync(acme.Directory, acme.Id, group, null, default);
                        return;
                    }

                    await new ReviseGroup(store).RunAsync(
                        acme.Directory,
                        acme.Id,
                        group,
                        null,
                        g =>
                            (
                                GroupFacts.Of(g),
                                [new(chance.Pick(MembershipStepKind.Add, MembershipStepKind.Remove, MembershipStepKind.Set), [id])]
                            ),
                        default
                    );
                },
                _ => async () =>
                {
                    acme.Clock.Advance(TimeSpan.FromHours(chance.Next(48)));
                    await acme.ConfigureAsync(c =>
                        c with
                        {
                            Capacity = c.Capacity with
                            {
                                Seats = 3 + chance.Next(4),
                                OnFull = chance.Pick(OnFull.Downgrade, OnFull.Refuse),
                            },
                            Join = c.Join with { AutoAssign = chance.Next(4) > 0 },
                        }
                    );
                },
            };
            await act();
            if (step % 100 == 0)
            {
                await acme.AgreesAsync();
                var counts = await acme.CountsAsync();
                Assert.InRange(counts.Slots.Used, 1, 9);
                Assert.InRange(counts.License("pro").Used, 0, 3);
                Assert.InRange(counts.Seats.Used, 1, 6);
                Assert.True(counts.Admins >= 1);
            }
        }

        Assert.True((await acme.AuditAsync()).Count > 500);
    }

    /// <summary>Chance that can be had again from its seed.</summary>
    private sealed class Walk(int seed)
    {
        private uint _state = (uint)seed | 1;

        public int Next(int below)
        {
            _state ^= _state << 13;
            _state ^= _state >> 17;
            _state ^= _state << 5;
            return (int)(_state % (uint)below);
        }

        public T Pick<T>(params T[] some) => some[Next(some.Length)];
    }
}
