using System.Globalization;
using Npgsql;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Http;

/// <summary>Rivals who write the same rows in opposite orders: PostgreSQL breaks the circle, and nobody outside hears of it.</summary>
public class DeadlockTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rivals_in_opposite_orders_are_all_served()
    {
        const int People = 8;
        await using var server = await DoorServer.StartAsync(Database.Postgres, c => c with { Capacity = c.Capacity with { Seats = 100 } });
        List<string> people = [],
            leaving = [];
        for (var i = 0; i < People; i++)
        {
            people.Add(await server.UserAsync($"p{i}@example.com"));
            leaving.Add(await server.UserAsync($"l{i}@example.com"));
        }

        var (a, b) = (
            await server.GroupAsync("A", [.. people, .. leaving]),
            await server.GroupAsync("B", [.. leaving.AsEnumerable().Reverse()])
        );
        Assert.Null((await Assign("admin", people[0])).Refusal);

        // two groups with the same people in reverse order, people who leave both, roles and seats of the same people, bulk
        List<Func<Task<string>>> rivals = [];
        for (var round = 0; round < 2; round++)
        {
            var r = round;
            var (there, back) = (Members(people), Members(people.AsEnumerable().Reverse()));
            rivals.Add(() => PatchAsync(a, r % 2 == 0 ? "remove" : "add", there));
            rivals.Add(() => PatchAsync(b, r % 2 == 0 ? "add" : "remove", back));
            rivals.Add(() => PatchAsync(a, "add", back));
            rivals.Add(() => PatchAsync(b, "add", there));
            rivals.Add(() => BulkAsync(Touch(people), Move(a, there), Move(b, back)));
            rivals.Add(() => BulkAsync(Move(b, there), Move(a, back), Touch(people.AsEnumerable().Reverse())));
            foreach (var (one, other) in new[] { (people[1 + r], people[7 - r]), (people[7 - r], people[1 + r]) })
            {
                rivals.Add(async () => Told(await Assign("viewer", one)) + Told(await Assign("member", other)));
                rivals.Add(async () =>
                    Told(await new SuspendMember(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, Id(one), Ct))
                    + Told(await new RestoreMember(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, Id(one), Ct))
                );
            }

            rivals.Add(async () => $"{(await server.SendAsync("DELETE", "/Users/" + leaving[r])).Status}");
            rivals.Add(async () => $"{(await server.SendAsync("DELETE", "/Users/" + leaving[7 - r])).Status}");
            rivals.Add(() => PatchAsync(a, "remove", Members(leaving)));
            rivals.Add(() => PatchAsync(b, "remove", Members(leaving.AsEnumerable().Reverse())));
        }

        var answers = await Rivals.RaceAsync(rivals);
        Assert.All(
            answers,
            answer =>
                Assert.True(
                    answer.Required.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(s => s is "200" or "204"),
                    answer.Required
                )
        );
        Assert.Empty(await new VerifyCounters(server.Store).RunAsync(Ct));
        Assert.DoesNotContain(server.Log.All, line => line.Contains("deadlock", StringComparison.OrdinalIgnoreCase));

        static string Members(IEnumerable<string> ids) => string.Join(",", ids.Select(id => $$"""{"value":"{{id}}"}"""));
        static string Ops(string op, string members) =>
            $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"{{op}}","path":"members","value":[{{members}}]}]}""";
        async Task<string> PatchAsync(string group, string op, string members) =>
            $"{(await server.SendAsync("PATCH", "/Groups/" + group, Ops(op, members))).Status}";
        static string Move(string group, string members) =>
            $$"""{"method":"PATCH","path":"/Groups/{{group}}","data":{{Ops("add", members)}}}""";
        static string Touch(IEnumerable<string> ids) =>
            string.Join(
                ",",
                ids.Select(id =>
                    $$$"""{"method":"PATCH","path":"/Users/{{{id}}}","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"{{{Guid.CreateVersion7()}}}"}]}}"""
                )
            );
        async Task<string> BulkAsync(params string[] operations)
        {
            var answer = await server.SendAsync(
                "POST",
                "/Bulk",
                $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{string.Join(",", operations)}}]}"""
            );
            return string.Join(' ', answer.Json["Operations"]!.AsArray().Select(o => o!["status"]!.GetValue<string>()));
        }

        static Id<Member> Id(string id) => new(Guid.Parse(id));
        Task<Membership.Outcome<Member>> Assign(string role, string id) =>
            new AssignRole(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, Id(id), role, Ct);
        static string Told(Membership.Outcome<Member> outcome) =>
            // a rival's suspension is a refusal of its own kind
            outcome.Refusal
                is { Kind: RefusalKind.Unavailable } busy
                ? busy.Code + " "
                : "200 ";
    }

    [Fact]
    public async Task An_act_that_PostgreSQL_chose_as_the_victim_of_a_deadlock_is_planned_anew_and_succeeds()
    {
        await using var server = await DoorServer.StartAsync(Database.Postgres);
        var user = await server.UserAsync("ada@example.com");
        var before = await DeadlocksAsync(server);
        for (var tries = 1; tries <= 5; tries++)
        {
            var group = await server.GroupAsync($"G{tries}");
            await using var rival = new NpgsqlConnection(server.Database!.ConnectionString);
            await rival.OpenAsync(Ct);
            await ExecuteAsync(rival, "SET deadlock_timeout = '20s'"); // who looks first is the victim: the act, after a second
            await ExecuteAsync(rival, "BEGIN");
            await ExecuteAsync(rival, $"SELECT 1 FROM groups WHERE id = '{group}' FOR UPDATE");

            // it holds the person's row and wants the group's
            var act = server.PatchAsync("/Groups/" + group, $$"""{"op":"add","path":"members","value":[{"value":"{{user}}"}]}""");
            await UntilSomebodyWaitsAsync(server);
            await ExecuteAsync(rival, $"SELECT 1 FROM members WHERE id = '{user}' FOR UPDATE"); // closes the circle
            await ExecuteAsync(rival, "COMMIT");
            Assert.Equal(204, (await act).Status);
            Assert.Equal(
                user,
                (await server.SendAsync("GET", "/Groups/" + group)).Json["members"]!.AsArray().Single()!["value"]!.GetValue<string>()
            );
            if (await DeadlocksAsync(server) > before)
            {
                Assert.Empty(await new VerifyCounters(server.Store).RunAsync(Ct));
                return;
            }
        }

        Assert.Fail("There was no deadlock.");
    }

    private static Task UntilSomebodyWaitsAsync(DoorServer server) =>
        Until.TrueAsync(
            async () =>
                await ScalarAsync(
                    server,
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                ) > 0,
            "somebody waits for the row"
        );

    private static async Task<long> DeadlocksAsync(DoorServer server)
    {
        await using var connection = new NpgsqlConnection(server.Database!.ConnectionString);
        await connection.OpenAsync(Ct);
        for (var tries = 0; ; tries++)
        {
            await using var command = new NpgsqlCommand(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
                connection
            );
            var seen = Convert.ToInt64(await command.ExecuteScalarAsync(Ct), CultureInfo.InvariantCulture);
            if (seen > 0 || tries == 20)
            {
                return seen; // a session tells its counts with a delay
            }

            await Task.Delay(50, Ct);
        }
    }

    private static async Task<long> ScalarAsync(DoorServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.Database!.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
