using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Storage;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Data;

/// <summary>What was done and the answer to it are one transaction.</summary>
public sealed class RunOnceTests
{
    private static readonly Guid Credential = Guid.CreateVersion7();

    [Theory, EachDatabase]
    public async Task After_a_fault_in_which_nothing_was_written_the_same_key_runs(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var source = MembershipSource.Of(database.Target.Settings() with { CommandTimeout = TimeSpan.FromSeconds(1) });
        var store = source.Store(TimeProvider.System, new SecretBox(TestDatabase.MasterKey));
        var acme = (
            await new Membership.Workspaces.CreateWorkspace(store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)
        ).Value;
        await using (var db = database.Source.Open())
        {
            await using var held = await db.BeginWriteAsync(default);
            if (kind == Database.Postgres)
            {
                await using var command = db.Database.GetDbConnection().CreateCommand();
                (command.CommandText, command.Transaction) = ("LOCK TABLE groups IN SHARE MODE", held.Transaction);
                await command.ExecuteNonQueryAsync();
            }

            var fault = await Record.ExceptionAsync(() => RunAsync());
            Assert.True(fault is System.Data.Common.DbException || kind == Database.Sqlite, fault?.ToString());
        }

        Assert.Equal((0, 0), await CountAsync(store));
        var first = (await RunAsync()).Value;
        var second = (await RunAsync()).Value;
        Assert.Equal((false, true), (first.Replayed, second.Replayed));
        Assert.Equal(first.Answer, second.Answer);
        Assert.Equal((1, 1), await CountAsync(store));

        Task<Outcome<OnceAnswer>> RunAsync() =>
            new RunOnce(store).RunAsync(
                acme.Id,
                Credential,
                "key",
                [1],
                async () =>
                    (await new CreateGroup(store).RunAsync(Actor.Operator, acme.Id, new() { DisplayName = "Sales" }, [], default)).Is(
                        out var made,
                        out _
                    )
                        ? made.Group.Id.Value.ToByteArray()
                        : null,
                default
            );
    }

    [Theory, EachDatabase]
    public async Task Of_many_at_once_one_is_written_and_each_hears_its_answer(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var race = await Rivals.RaceAsync(
            10,
            async i =>
                (
                    await new RunOnce(acme.Store).RunAsync(
                        acme.Id,
                        Credential,
                        "key",
                        [1],
                        async () =>
                            (await acme.ProvisionAsync($"p{i}@acme.test")).Is(out var made, out _) ? made.Id.Value.ToByteArray() : null,
                        default
                    )
                ).Value
        );
        Assert.Single(race, r => !r.Required.Replayed);
        Assert.Single(race.Select(r => Convert.ToHexString(r.Required.Answer!)).Distinct());
        Assert.Equal(1, (await acme.CountsAsync()).In(MemberState.Active));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task What_misses_at_the_write_is_planned_anew_or_refused_as_without_a_key(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            change: c => c with { Capacity = c.Capacity with { Seats = 1, OnFull = Membership.Workspaces.OnFull.Refuse } }
        );
        var ada = await acme.JoinAsync("ada@acme.test", "admin");
        var bob = await acme.JoinAsync("bob@acme.test", "viewer");
        string? seen = null;
        var full = await new RunOnce(acme.Store).RunAsync(
            acme.Id,
            Credential,
            "full",
            [1],
            async () =>
            {
                seen = (await acme.AssignAsync(Actor.Operator, bob.Id, "member")).Refusal?.Code;
                return seen is null ? [2] : null;
            },
            default
        );
        Assert.Equal(("seatsFull", true), (seen, full.Value.Answer is null));
        var last = await new RunOnce(acme.Store).RunAsync(
            acme.Id,
            Credential,
            "last",
            [1],
            async () => (await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, ada.Id, default)).Done ? [2] : null,
            default
        );
        Assert.Equal("lastAdmin", last.Refusal?.Code);
        await using var db = acme.Store.Read();
        Assert.Equal(0, await db.OnceCalls.CountAsync());
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_key_that_is_over_runs_again_and_no_other_goes_with_it(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await RunAsync("of others");
        Assert.False((await RunAsync("mine")).Replayed);
        acme.Clock.Advance(RunOnce.Kept - TimeSpan.FromMilliseconds(1));
        Assert.True((await RunAsync("mine")).Replayed);
        acme.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False((await RunAsync("mine")).Replayed);
        await using var db = acme.Store.Read();
        Assert.Equal(
            [acme.Clock.Now - RunOnce.Kept, acme.Clock.Now],
            await db.OnceCalls.OrderBy(c => c.CreatedAt).Select(c => c.CreatedAt).ToListAsync()
        );

        async Task<OnceAnswer> RunAsync(string key) =>
            (
                await new RunOnce(acme.Store).RunAsync(
                    acme.Id,
                    Credential,
                    key,
                    [1],
                    async () =>
                        (
                            await new CreateGroup(acme.Store).RunAsync(
                                Actor.Operator,
                                acme.Id,
                                new() { DisplayName = $"{key} {acme.Clock.Now:O}" },
                                [],
                                default
                            )
                        ).Is(out var made, out _)
                            ? made.Group.Id.Value.ToByteArray()
                            : null,
                    default
                )
            ).Value;
    }

    private static async Task<(int Groups, int Calls)> CountAsync(Store store)
    {
        await using var db = store.Read();
        return (await db.Groups.CountAsync(), await db.OnceCalls.CountAsync());
    }
}
