using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using UserManagement.Benchmarks.Ceiling;
using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Driving;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Servers;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>
/// What apps cost: signing in, refreshing and introspecting beside a bare OpenIddict of the same settings, in CPU time and statements; the
/// same after few and after many sign-ins among few and many members; and how long it takes to sweep what ran out.
/// </summary>
internal static class ProviderSuite
{
    private const double MostOfBare = 1.3;
    private const double MostOfSmall = 1.1;
    private const int InOneRound = 100;
    private const long Mega = 1024 * 1024;

    private static readonly (string Name, Func<AppFlow, Task> Act)[] Measures =
    [
        ("authorize, token, UserInfo", flow => flow.SignInAsync()),
        ("refresh", flow => flow.RefreshAsync()),
        ("introspection", flow => flow.IntrospectAsync()),
    ];

    public static async Task RunAsync(BenchOptions options, Database kind)
    {
        if (kind == Database.Sqlite)
        {
            return; // the bare one has no SQLite form, and the ratio is what is asked
        }

        using var postgres = await DurablePostgres.StartAsync(counts: true);
        await using var small = await Side.NewAsync(postgres, options.Small);
        await using var large = await Side.NewAsync(postgres, options.Members ?? 100_000);
        await using var bare = await Side.BareAsync(postgres);
        Side[] sides = [bare, small, large];
        for (var round = -2; round < (options.Rounds ?? 7); round++)
        {
            foreach (var (name, act) in Measures)
            {
                foreach (var side in round % 2 == 0 ? sides : sides.Reverse())
                {
                    await side.MeasureAsync(name, act, InOneRound, counts: round >= 0);
                }
            }
        }

        var beside = new MarkdownTable(
            "beside a bare OpenIddict",
            "CPU ms",
            "bare, CPU ms",
            "ratio",
            $"at most {MostOfBare}",
            "statements",
            "bare"
        );
        var flat = new MarkdownTable(
            "by members and sign-ins",
            $"{Figures.Size(options.Small)}, ms",
            $"{Figures.Size(options.Members ?? 100_000)}, ms",
            "ratio",
            $"at most {MostOfSmall}"
        );
        foreach (var (name, _) in Measures)
        {
            var (ours, theirs) = (small.Cpu(name), bare.Cpu(name));
            beside.Add(
                name,
                Figures.Number(ours),
                Figures.Number(theirs),
                Figures.Number(ours / theirs),
                Figures.Verdict(ours / theirs, null, MostOfBare),
                Figures.Number(small.Statements(name)),
                Figures.Number(bare.Statements(name))
            );
            var (few, many) = (small.Time(name), large.Time(name));
            flat.Add(
                name,
                Figures.Number(few),
                Figures.Number(many),
                Figures.Number(many / few),
                Figures.Verdict(many / few, null, MostOfSmall)
            );
        }

        Told.Now.Line(beside);
        Told.Now.Line(flat);
        Told.Now.Line(await large.SweepAsync());
    }

    /// <summary>One server with its database, and what it was measured at.</summary>
    private sealed class Side(DurablePostgres postgres, DatabaseTarget target, ServerProcess server, AppFlow flow, BenchDatabase? database)
        : IAsyncDisposable
    {
        private readonly Dictionary<string, List<(double Cpu, double Time, double Statements)>> _rounds = [];

        public double Cpu(string name) => Figures.Median(_rounds[name].Select(r => r.Cpu));

        public double Time(string name) => Figures.Median(_rounds[name].Select(r => r.Time));

        public double Statements(string name) => Figures.Median(_rounds[name].Select(r => r.Statements));

        public static async Task<Side> BareAsync(DurablePostgres postgres)
        {
            var target = await postgres.NewAsync("bare_provider");
            var server = await ServerProcess.StartBareProviderAsync(target);
            return new(postgres, target, server, new(server.Url, BareProvider.ClientId, BareProvider.Secret, null), null);
        }

        /// <summary>Our server over a workspace of so many members, after as many sign-ins at apps.</summary>
        public static async Task<Side> NewAsync(DurablePostgres postgres, int members)
        {
            var filled = await Filled.NewAsync(postgres, members, 10, isWithSmall: false);
            var (store, workspace) = (filled.Database.Store, filled.Main.Workspace.Id);
            var client = (
                await new CreateClient(store).RunAsync(
                    Actor.Operator,
                    null,
                    "notes",
                    new()
                    {
                        ClientName = "Notes",
                        RedirectUris = [BareProvider.Back],
                        RequireConsent = false,
                        AllowOfflineAccess = true,
                    },
                    default
                )
            ).Value;
            await SignInsAsync(filled.Database.Target, client.Row.Id, workspace.Value, members);
            var session = await JoinAsync(filled.Database, workspace);
            var server = await ServerProcess.StartHostAsync(filled.Database);
            return new(postgres, filled.Database.Target, server, new(server.Url, "notes", client.Secret!, session), filled.Database);
        }

        public async Task MeasureAsync(string name, Func<AppFlow, Task> act, int times, bool counts)
        {
            if (!_rounds.TryGetValue(name, out var rounds))
            {
                rounds = _rounds[name] = [];
                if (name != Measures[0].Name)
                {
                    await flow.SignInAsync(); // something to refresh
                }
            }

            var (cpu, statements, began) = (CpuMeter.Of(server.Id), await postgres.StatementsAsync(target), Stopwatch.GetTimestamp());
            for (var i = 0; i < times; i++)
            {
                await act(flow);
            }

            var time = Stopwatch.GetElapsedTime(began).TotalMilliseconds / times;
            if (counts)
            {
                rounds.Add(
                    (
                        (CpuMeter.Of(server.Id) - cpu).TotalMilliseconds / times,
                        time,
                        (await postgres.StatementsAsync(target) - statements) / (double)times
                    )
                );
            }
        }

        /// <summary>Lets all that was issued run out, and takes it away.</summary>
        public async Task<string> SweepAsync()
        {
            await using var source = NpgsqlDataSource.Create(target.ConnectionString);
            var size = await SizeAsync(source); // before the rows below are written anew
            await ExecuteAsync(
                source,
                "UPDATE oidc_tokens SET expiration_date = 1; UPDATE oidc_grants SET creation_date = 1 WHERE type = 'ad-hoc'"
            );
            await using var count = source.CreateCommand("SELECT (SELECT COUNT(*) FROM oidc_tokens) + (SELECT COUNT(*) FROM oidc_grants)");
            var (before, began) = ((long)(await count.ExecuteScalarAsync())!, Stopwatch.GetTimestamp());
            while ((await new SweepOver(database!.Store).RunAsync(new RetentionRules(), default)).IsMore)
            {
                // in pieces, as the server does
            }

            var took = Stopwatch.GetElapsedTime(began);
            await ExecuteAsync(source, "VACUUM oidc_tokens");
            await ExecuteAsync(source, "VACUUM oidc_grants");
            return $"Swept: {before:#,0} rows of codes, tokens and grants that ran out, {(long)(await count.ExecuteScalarAsync())!:#,0} left, "
                + $"{took.TotalSeconds:0.0} s. Their tables with indexes: {size / Mega:#,0} MB before, {await SizeAsync(source) / Mega:#,0} MB after a VACUUM.";
        }

        private static async Task<long> SizeAsync(NpgsqlDataSource source)
        {
            await using var size = source.CreateCommand(
                "SELECT pg_total_relation_size('oidc_tokens') + pg_total_relation_size('oidc_grants')"
            );
            return (long)(await size.ExecuteScalarAsync())!;
        }

        public async ValueTask DisposeAsync()
        {
            flow.Dispose();
            server.Dispose();
            if (database is not null)
            {
                await database.DisposeAsync();
            }
        }

        private static async Task<string> JoinAsync(BenchDatabase database, Id<Workspace> workspace)
        {
            await using var core = new ServiceCollection()
                .AddSingleton(database.Store)
                .AddSingleton(new PasswordRules { Iterations = 2000 })
                .AddMembership()
                .BuildServiceProvider();
            var invited = await core.GetRequiredService<InvitePeople>()
                .RunAsync(Actor.Operator, workspace, new() { UserNames = ["jo@example.org"], SendMail = false }, default);
            var secret = invited.Value[0].Outcome.Value.LinkSecret;
            var opened = await core.GetRequiredService<CreateLocalAccount>()
                .RunAsync(secret, "jo@example.org", "Jo Harbour", "a quiet green harbour", Browser.Unknown, default);
            var who = await core.GetRequiredService<ReadSession>().RunAsync(opened.Value.Secret, null, default);
            var joined = await core.GetRequiredService<AcceptInvitation>().RunAsync(who!, secret, "Jo", "Harbour", default);
            return joined.Done ? opened.Value.Secret : throw new InvalidOperationException(joined.Refusal!.Message);
        }

        /// <summary>Rows as so many sign-ins leave them: a grant, and a request, a code, an access, an ID and a refresh token each.</summary>
        private static async Task SignInsAsync(DatabaseTarget target, Guid client, Guid workspace, int count)
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            await using var source = NpgsqlDataSource.Create(target.ConnectionString);
            await ExecuteAsync(
                source,
                $"""
                INSERT INTO oidc_grants (id, application_id, account_id, workspace_id, session_id, subject, status, type, creation_date, scopes, concurrency_token)
                SELECT gen_random_uuid(), '{client}', gen_random_uuid(), '{workspace}', gen_random_uuid(), gen_random_uuid()::text, 'valid', 'ad-hoc', {now}, '["openid"]', 'x'
                FROM generate_series(1, {count})
                """
            );
            await ExecuteAsync(
                source,
                $"""
                INSERT INTO oidc_tokens (id, application_id, authorization_id, subject, status, type, creation_date, expiration_date, reference_id, payload, concurrency_token)
                SELECT gen_random_uuid(), g.application_id, g.id, g.subject, 'valid', t.type, {now}, {now} + 600000, gen_random_uuid()::text, repeat('x', 900), 'x'
                FROM oidc_grants g, (VALUES ('request_token'), ('authorization_code'), ('access_token'), ('id_token'), ('refresh_token')) t(type)
                """
            );
            await ExecuteAsync(source, "VACUUM ANALYZE oidc_grants");
            await ExecuteAsync(source, "VACUUM ANALYZE oidc_tokens");
        }

        private static async Task ExecuteAsync(NpgsqlDataSource source, string text)
        {
            await using var command = source.CreateCommand(text);
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync();
        }
    }
}
