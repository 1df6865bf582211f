using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Tests.Connections;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Workspaces;

/// <summary>
/// Each change of a configuration beside each act that places somebody, at one instant: whoever comes first, counts and rows agree
/// afterwards, and nobody is in a role that is not there. <c>USERMANAGEMENT_TEST_RACE_ROUNDS</c> sets how many rounds each pair runs.
/// </summary>
public sealed class ConfigurationRaceTests
{
    private static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("USERMANAGEMENT_TEST_RACE_ROUNDS") ?? "7",
        CultureInfo.InvariantCulture
    );

    private static readonly Role Temp = new()
    {
        Key = "temp",
        Label = "Temp",
        Rank = 20,
    };

    /// <summary>What the workspace is before, and what the change makes of it.</summary>
    private static readonly (
        string Name,
        Func<WorkspaceConfiguration, WorkspaceConfiguration> Before,
        Func<WorkspaceConfiguration, WorkspaceConfiguration> After
    )[] Changes =
    [
        ("role dropped", c => Joining(c, Temp), c => Joining(c with { Roles = [.. c.Roles.Where(r => r.Key != "temp")] }, null)),
        (
            "role needs a seat",
            c => Joining(c, Temp),
            c => c with { Roles = [.. c.Roles.Select(r => r.Key == "temp" ? r with { NeedsSeat = true } : r)] }
        ),
        (
            "role no longer admin",
            c => c with { Roles = [.. c.Roles, Temp with { IsAdmin = true, Rank = 100, Includes = ["admin"], CanGrantUpTo = "admin" }] },
            c => c with { Roles = [.. c.Roles.Select(r => r.Key == "temp" ? Temp : r)] }
        ),
        ("pool lowered", c => Licensed(Joining(c, Temp), 3), c => Licensed(c, 0)),
        ("slots lowered", c => Joining(c, Temp), c => c with { Capacity = c.Capacity with { MemberSlots = 3 } }),
        (
            "policy changed",
            c => Joining(c, Temp),
            c => c with { SignIn = c.SignIn with { UnknownMayJoin = false, JoinRole = null, Domains = ["elsewhere.test"] } }
        ),
    ];

    private static readonly (string Name, Func<ConnectionRig, Round, Task<Func<Task<string?>>>> Prepare)[] Acts =
    [
        (
            "role change",
            async (rig, round) =>
            {
                var member = await rig.Acme.JoinAsync(round.Name, "viewer");
                return async () => (await rig.Acme.AssignAsync(Actor.Operator, member.Id, "temp")).Refusal?.Code;
            }
        ),
        (
            "restore",
            async (rig, round) =>
            {
                var member = await rig.Acme.JoinAsync(round.Name, "temp");
                await new SuspendMember(rig.Acme.Store).RunAsync(Actor.Operator, rig.Acme.Id, member.Id, default);
                return async () =>
                    (await new RestoreMember(rig.Acme.Store).RunAsync(Actor.Operator, rig.Acme.Id, member.Id, default)).Refusal?.Code;
            }
        ),
        ("create", (rig, round) => Task.FromResult(async () => (await rig.ProvisionAsync(round.Name)).Refusal?.Code)),
        (
            "redemption",
            async (rig, round) =>
            {
                var invited = await rig.Acme.InviteAsync(round.Name, round.Number % 2 == 0 ? "temp" : "viewer");
                return async () => (await rig.Acme.RedeemAsync(invited.LinkSecret, round.Name)).Refusal?.Code;
            }
        ),
        (
            "sign-in",
            (rig, round) =>
            {
                var who = rig.Who(round.Google, round.Name, subject: round.Name);
                return Task.FromResult(async () => (await rig.SignInAsync(who)).Refusal?.Code);
            }
        ),
        (
            "invitation",
            (rig, round) =>
                Task.FromResult(async () =>
                    (
                        await new InvitePeople(rig.Acme.Store).RunAsync(
                            Actor.Operator,
                            rig.Acme.Id,
                            new() { UserNames = [round.Name], Role = "temp" },
                            default
                        )
                    )
                        is var made
                        ? made.Refusal?.Code ?? made.Value[0].Outcome.Refusal?.Code
                        : null
                )
        ),
    ];

    private sealed record Round(int Number, string Name, IdentityConnection Google);

    [Theory, EachDatabase]
    public async Task A_change_of_the_configuration_and_an_act_never_meet_in_between(Database kind)
    {
        var (both, one) = (0, 0);
        foreach (var (change, before, after) in Changes)
        {
            await using var rig = await ConnectionRig.NewAsync(kind);
            await rig.Acme.JoinAsync("boss@acme.test", "admin");
            var google = await rig.PlatformAsync(ConnectionKind.Google);
            var plain = rig.Acme.Workspace.Configuration with
            {
                SignIn = new() { Domains = ["acme.com"], UnknownMayJoin = true },
            };
            foreach (var (act, prepare) in Acts)
            {
                for (var number = 0; number < Rounds; number++)
                {
                    var where = $"{change} beside {act}, round {number}";
                    await SetAsync(rig.Acme, before(plain));
                    var run = await prepare(rig, new(number, $"{act.Replace(' ', '-')}{number}@acme.com", google));
                    var (lead, trail) = (Random.Shared.Next(3000), Random.Shared.Next(3000));
                    var race = await Rivals.RaceAsync<string?>([
                        () =>
                        {
                            Thread.SpinWait(lead);
                            return ConfigureAsync(rig.Acme, after(before(plain)));
                        },
                        () =>
                        {
                            Thread.SpinWait(trail);
                            return run();
                        },
                    ]);
                    var outcomes = race.Select(r => r.Required).ToList();
                    Assert.True(outcomes[0] is null or "roleInUse", $"{where}: {outcomes[0]}");
                    await AgreesAsync(rig.Acme, $"{where}: {outcomes[0] ?? "changed"}, {outcomes[1] ?? "done"}");
                    (both, one) = outcomes.All(o => o is null) ? (both + 1, one) : (both, one + 1);
                    await EndAllAsync(rig.Acme);
                }
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{kind}: {both + one} rounds, in {both} both were done, in {one} one was refused");
        Assert.True(both > 0 && one > 0, $"{both} rounds in which both were done, {one} in which one was refused");
    }

    private static WorkspaceConfiguration Joining(WorkspaceConfiguration c, Role? role) =>
        c with
        {
            Roles = role is null ? c.Roles : [.. c.Roles, role],
            Join = c.Join with { DefaultRole = role?.Key ?? "viewer" },
            SignIn = c.SignIn with { JoinRole = role?.Key },
        };

    private static WorkspaceConfiguration Licensed(WorkspaceConfiguration c, int pool) =>
        c with
        {
            Licenses =
            [
                new LicenseType
                {
                    Key = "pro",
                    Label = "Pro",
                    Pool = pool,
                },
            ],
            Join = c.Join with { DefaultLicense = "pro" },
        };

    private static async Task<string?> ConfigureAsync(TestWorkspace acme, WorkspaceConfiguration wanted) =>
        (await new ChangeConfiguration(acme.Store).RunAsync(Actor.Operator, acme.Id, null, wanted, default)).Refusal?.Code;

    private static async Task SetAsync(TestWorkspace acme, WorkspaceConfiguration wanted) =>
        Assert.Null(await ConfigureAsync(acme, wanted));

    private static async Task AgreesAsync(TestWorkspace acme, string where)
    {
        var differs = await new VerifyCounters(acme.Store).RunAsync(default);
        Assert.True(differs.Count == 0, $"{where}: {string.Join("; ", differs)}");
        await using var db = acme.Store.Read();
        var roles = (await WorkspaceContext.ByIdAsync(db, acme.Id, default))!.Configuration.Roles.Select(r => r.Key).ToList();
        var lost = await db.Members.CountAsync(m => m.WorkspaceId == acme.Id && m.State != MemberState.Ended && !roles.Contains(m.Role));
        Assert.True(lost == 0, $"{where}: {lost} in a role that is not there");
    }

    /// <summary>All but the boss go, so that the next round begins as this one did.</summary>
    private static async Task EndAllAsync(TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        foreach (
            var id in await db
                .Members.Where(m => m.WorkspaceId == acme.Id && m.State != MemberState.Ended && m.Role != "admin")
                .Select(m => m.Id)
                .ToListAsync()
        )
        {
            Assert.True((await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, id, null, default)).Done);
        }
    }
}
