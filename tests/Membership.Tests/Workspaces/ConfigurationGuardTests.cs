using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Workspaces;

/// <summary>What is planned from a configuration is not written under another one, whoever changed it.</summary>
public sealed class ConfigurationGuardTests
{
    private static WorkspaceConfiguration WithTemp(WorkspaceConfiguration c) =>
        c with
        {
            Roles =
            [
                .. c.Roles,
                new Role
                {
                    Key = "temp",
                    Label = "Temp",
                    Rank = 20,
                },
            ],
            Join = c.Join with { DefaultRole = "temp" },
        };

    private static WorkspaceConfiguration WithoutTemp(WorkspaceConfiguration c) =>
        c with
        {
            Roles = [.. c.Roles.Where(r => r.Key != "temp")],
            Join = c.Join with { DefaultRole = "viewer" },
        };

    [Theory, EachDatabase]
    public async Task An_act_that_was_planned_from_another_configuration_is_planned_anew(Database kind)
    {
        foreach (var (name, act, refused) in Acts)
        {
            await using var acme = await TestWorkspace.NewAsync(kind, change: WithTemp);
            var bob = await acme.JoinAsync("bob@acme.test", "viewer");
            var outcome = await act(Between(acme, () => Replace(acme, WithoutTemp)), acme, bob.Id);
            Assert.True(outcome == refused, $"{name}: {outcome}");
            await HasNobodyInTempAsync(acme, name);
            await acme.AgreesAsync();
        }
    }

    /// <summary>The control: where nobody counts the configurations the same change goes unseen.</summary>
    [Theory, EachDatabase]
    public async Task Without_the_count_of_configurations_the_same_change_goes_unseen(Database kind)
    {
        foreach (var (name, act, _) in Acts)
        {
            await using var acme = await TestWorkspace.NewAsync(kind, change: WithTemp);
            var bob = await acme.JoinAsync("bob@acme.test", "viewer");
            await using (var db = acme.Store.Read())
            {
                await db.Database.ExecuteSqlAsync(
                    kind == Database.Postgres
                        ? $"DROP TRIGGER workspaces_count_configurations ON workspaces"
                        : (FormattableString)$"DROP TRIGGER workspaces_count_configurations"
                );
            }

            Assert.Null(await act(Between(acme, () => Replace(acme, WithoutTemp)), acme, bob.Id));
            await using var end = acme.Store.Read();
            Assert.True(await end.Members.AnyAsync(m => m.WorkspaceId == acme.Id && m.Role == "temp"), name);
        }
    }

    [Theory, EachDatabase]
    public async Task Whether_somebody_has_a_role_is_asked_when_the_change_is_written(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: WithTemp);
        var bob = await acme.JoinAsync("bob@acme.test", "viewer");
        var slow = Between(
            acme,
            () =>
            {
                using var db = acme.Store.Read();
                Run(db, "UPDATE members SET role = 'temp' WHERE id = $1", bob.Id.Value);
            }
        );
        var refusal = (
            await new ChangeConfiguration(slow).RunAsync(Actor.Operator, acme.Id, null, WithoutTemp(acme.Workspace.Configuration), default)
        ).Refusal;
        Assert.Equal("roleInUse", refusal?.Code);
        await using var end = acme.Store.Read();
        Assert.NotNull((await WorkspaceContext.ByIdAsync(end, acme.Id, default))!.Configuration.Role("temp"));
    }

    [Theory, EachDatabase]
    public async Task Only_a_change_of_the_configuration_counts_and_keys_and_tokens_do_not(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var before = await VersionAsync(acme);
        await new CreateScimCredential(acme.Store).RunAsync(Actor.Operator, acme.Id, "Entra", null, default);
        await new CreateApiKey(acme.Store).RunAsync(Actor.Operator, acme.Id, "Payroll", "viewer", TimeSpan.FromDays(1), default);
        Assert.Equal(before, await VersionAsync(acme));
        await acme.ConfigureAsync(WithTemp);
        Assert.Equal((before + 1, before + 1), (await VersionAsync(acme), acme.Workspace.Row.ConfigurationVersion));
        Replace(acme, WithoutTemp);
        Assert.Equal(before + 2, await VersionAsync(acme));
    }

    [Theory, EachDatabase]
    public async Task What_an_act_found_full_is_asked_again_after_somebody_else_was_faster(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            change: c => c with { Capacity = c.Capacity with { Seats = 1, OnFull = OnFull.Refuse } }
        );
        var ada = await acme.JoinAsync("ada@acme.test", "admin");
        var bob = await acme.JoinAsync("bob@acme.test", "viewer");
        var tries = 0;
        var outcome = await acme.Store.ChangeAsync<bool>(
            Actor.Operator,
            acme.Id,
            "test",
            async attempt =>
            {
                tries++;
                var (workspace, file) = await MemberWithGrants.OpenAsync(attempt.Db, acme.Id, bob.Id, default);
                if (tries == 2)
                {
                    Assert.True(attempt.IsFull(workspace!, Membership.Licensing.CounterKind.Seats));
                    await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 2 } }); // so that this try misses
                    attempt.Changes.Update(workspace!.Row, workspace.Row with { Version = workspace.Row.Version + 1 });
                    return true;
                }

                var grant = ProvisionMember.NewGrant(attempt, acme.Id, bob.Id, GrantKind.Role, GrantOrigin.Admin, "member");
                return (await Admission.PlaceAsync(attempt, workspace!, file, file!.Member, file.Grants.With(grant), null, default)).Is(
                    out _,
                    out var refusal
                )
                    ? true
                    : refusal;
            },
            default
        );
        Assert.True(outcome.Done, outcome.Refusal?.Code);
        Assert.Equal((3, true), (tries, (await acme.ReadAsync(bob.Id)).HasSeat));
        Assert.True((await acme.ReadAsync(ada.Id)).HasSeat);
        await acme.AgreesAsync();
    }

    private static readonly (string Name, Func<Store, TestWorkspace, Id<Member>, Task<string?>> Act, string? Refused)[] Acts =
    [
        (
            "role",
            async (store, acme, bob) => (await new AssignRole(store).RunAsync(Actor.Operator, acme.Id, bob, "temp", default)).Refusal?.Code,
            "unknownRole"
        ),
        (
            "create",
            async (store, acme, _) =>
                (
                    await new ProvisionMember(store).RunAsync(
                        acme.Directory,
                        acme.Id,
                        new() { UserName = "new@acme.test", Active = true },
                        default
                    )
                )
                    .Refusal
                    ?.Code,
            null
        ),
        (
            "invitation",
            async (store, acme, _) =>
                (
                    await new InvitePeople(store).RunAsync(
                        Actor.Operator,
                        acme.Id,
                        new() { UserNames = ["new@acme.test"], Role = "temp" },
                        default
                    )
                )
                    is var made
                    ? made.Refusal?.Code ?? made.Value[0].Outcome.Refusal?.Code
                    : null,
            "unknownRole"
        ),
    ];

    /// <summary>A store that lets something happen once between the plan and the write: a context is opened for each.</summary>
    private static Store Between(TestWorkspace acme, Action happens)
    {
        var opened = 0;
        return new Store(
            () =>
            {
                if (Interlocked.Increment(ref opened) == 3) // the first is the store's own look at the product, the second the plan's
                {
                    happens();
                }

                return acme.Store.Read();
            },
            acme.Clock,
            acme.Store.Box
        );
    }

    /// <summary>Changes the configuration as a build does that knows nothing of its count.</summary>
    private static void Replace(TestWorkspace acme, Func<WorkspaceConfiguration, WorkspaceConfiguration> change)
    {
        using var db = acme.Store.Read();
        var now = WorkspaceConfiguration.Read(db.Workspaces.Where(w => w.Id == acme.Id).Select(w => w.Configuration).Single());
        Run(db, "UPDATE workspaces SET configuration = $2, version = version + 1 WHERE id = $1", acme.Id.Value, change(now).Write());
    }

    private static void Run(MembershipDb db, string sql, params object[] values)
    {
        db.Database.OpenConnection();
        using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.Value = values[i];
            parameter.ParameterName = db.WritesInTurn ? PositionalName.Of(i) : "";
            command.Parameters.Add(parameter);
        }

        Assert.Equal(1, command.ExecuteNonQuery());
        db.Database.CloseConnection();
    }

    private static async Task<long> VersionAsync(TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        return await db.Workspaces.Where(w => w.Id == acme.Id).Select(w => w.ConfigurationVersion).SingleAsync();
    }

    private static async Task HasNobodyInTempAsync(TestWorkspace acme, string name)
    {
        await using var db = acme.Store.Read();
        Assert.False(await db.Members.AnyAsync(m => m.WorkspaceId == acme.Id && m.Role == "temp"), name);
    }
}
