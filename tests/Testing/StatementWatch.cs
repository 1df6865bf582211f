using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Npgsql;
using UserManagement.Storage.Postgres;

namespace UserManagement.Testing;

/// <summary>
/// Looks at each statement that the product sends to PostgreSQL in any test: one that reads or changes a table which a distributed database
/// cuts (<see cref="TablePlaces"/>) must name the workspace. Whether it does the database's own planner tells, by the condition with which each such
/// table is read: it derives what follows from joins, as Citus does. What does not fails the test whose database goes next, unless it
/// is of <see cref="OverAll"/>. Statements of the tests themselves are passed over: whose one is, the stack tells.
/// </summary>
public static partial class StatementWatch
{
    /// <summary>What may ask all workspaces at once: by whom, in which words (null for any of theirs), and why.</summary>
    public static IReadOnlyList<(string By, string? Words, string Why)> OverAll { get; } =
    [
        ("ReadInvitationByLink", null, "a secret of an earlier version names no workspace; those made now do (RedeemInvitationTests)"),
        ("ListOwnInvitations", null, "the invitations of an address are anywhere: the start page of who is in no workspace yet"),
        ("AskToJoin", "proof_hash = $", "likewise the secret by which an address was to be proven"),
        ("AuditPlace", null, "the sealer looks for what is new in all logs, in one order"),
        ("AuditLines", null, "and reads it where it lies side by side"),
        ("SendAuditStreams", null, "the streams that are due, of all workspaces: a job"),
        ("AuditStreamLag", null, "how far all of them are behind: a gauge"),
        ("Sweep", null, "what is over in all workspaces, read before it is taken workspace by workspace: a job"),
        ("PromoteWaiting", "waiting > 0", "the workspaces in which people wait for a seat: a job"),
        ("CarryOutTerms", null, "the terms that are over, of all workspaces: a job"),
        ("CarryOutHolds", null, "what was decided of held changes, of all workspaces: a job"),
        ("RemindInvited", null, "the invitations that end within a day, of all workspaces: a job"),
        ("InstallationGauges", null, "what is in use in all of them: a gauge, once a minute"),
        ("ReadInstallation", null, "how the installation is: the operator's page"),
        ("RotateMasterKey", null, "what is sealed, to seal it anew, piece by piece: an operator's verb"),
        ("AfterKeyLoss", null, "what nobody can open any more, of all workspaces: an operator's verb"),
        ("GroupCommit", "UPDATE invitations SET expires_at = $1, link_sealed = NULL", "AfterRestore"),
        ("GroupCommit", "DELETE FROM join_requests WHERE state = 'Unproven'", "likewise"),
        ("AfterRestore", null, "what a restored database must not honour, of all workspaces: an operator's verb"),
        ("WatchDirectories", null, "the workspaces that have directories: a job"),
        ("SweepOver", null, "sweeps what is over in all workspaces, in pieces: a job"),
        ("SweepAccounts", null, "whether an account is awaited anywhere, before it goes: a job"),
        ("UserReads", "r.workspace_id = x.workspace_id", "on one database; cut, ReferenceReads.On says the workspace"),
        ("ReferenceReads", "r.workspace_id = x.workspace_id", "likewise"),
        ("MemberWithGrants", "r.workspace_id = x.workspace_id", "likewise, beside whom an act changes"),
        ("GroupCommit", "DELETE FROM accounts", "an account goes only where it is a member of no workspace: once in its life"),
        // on one database one index has all memberships of an account; cut, their workspaces are named (AccountMembersTests)
        ("ListWorkspaces", "account_id = $", OfAccount),
        ("ReadKeptOut", "account_id = $", OfAccount),
        ("ReadKnownNames", "account_id = $", OfAccount),
        ("ResetMfa", "account_id = $", OfAccount),
        ("MemberPage", "account_id = $", OfAccount),
        ("ListLogins", "account_id = $", OfAccount),
        ("RecentAuthentication", "account_id = $", OfAccount),
        ("PersonAccount", "account_id = $", OfAccount),
    ];

    private const string OfAccount = "the memberships of an account, where they are on one database";

    private static readonly ConcurrentDictionary<string, Seen> Texts = new(StringComparer.Ordinal);
    private static readonly ConcurrentQueue<Seen> New = new();
    private static readonly ConcurrentQueue<string> Amiss = new();
    private static readonly string[] Cut = [.. TablePlaces.All.Where(t => t.Place == TablePlace.Distributed).Select(t => t.Table)];

    /// <summary>Where the driver tells it what is sent.</summary>
    internal static ILoggerFactory Log { get; } = new Factory();

    /// <summary>Whether a statement in which these words stand was sent by any test of this process.</summary>
    public static bool Knows(string words) => Texts.Keys.Any(text => text.Contains(words, StringComparison.Ordinal));

    /// <summary>Looks at what is new, with the schema of this database.</summary>
    /// <exception cref="InvalidOperationException">The product sent a statement that names no workspace.</exception>
    internal static async Task LookAsync(string connectionString)
    {
        if (!New.IsEmpty)
        {
            // a session of its own: a test may have ended those that are kept
            await using var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString
            );
            try
            {
                await connection.OpenAsync();
            }
            catch (NpgsqlException)
            {
                return; // a test that took its database away; the next one looks
            }

            while (New.TryDequeue(out var one))
            {
                one.Reads = await UnboundAsync(connection, one.Sql);
                Tell(one);
            }
        }

        if (!Amiss.IsEmpty)
        {
            var all = new List<string>();
            while (Amiss.TryDequeue(out var one))
            {
                all.Add(one);
            }

            throw new InvalidOperationException(string.Join('\n', all));
        }
    }

    private static void Heard(string sql)
    {
        if (Texts.TryGetValue(sql, out var seen))
        {
            if (seen is { Reads: { Length: > 0 }, By: null })
            {
                seen.By = Asker();
                Tell(seen);
            }

            return;
        }

        if (
            Array.Exists(Cut, table => sql.Contains(table, StringComparison.Ordinal))
            && !sql.StartsWith("EXPLAIN", StringComparison.Ordinal)
        )
        {
            seen = new(sql) { By = Asker() };
            if (Texts.TryAdd(sql, seen))
            {
                New.Enqueue(seen);
            }
        }
    }

    private static void Tell(Seen one)
    {
        if (
            one is { Reads: { Length: > 0 } reads, By: { } by }
            && !OverAll.Any(o => o.By == by && (o.Words is null || one.Sql.Contains(o.Words, StringComparison.Ordinal)))
        )
        {
            var said =
                $"{by} reads {reads} of every workspace; it must name one, or StatementWatch.OverAll must say why it asks all: {one.Sql}";
            if (Environment.GetEnvironmentVariable("USERMANAGEMENT_TEST_STATEMENTS") is { Length: > 0 } file)
            {
                lock (Texts)
                {
                    File.AppendAllText(file, said.ReplaceLineEndings(" ") + "\n");
                }
            }
            else
            {
                Amiss.Enqueue(said);
            }
        }
    }

    /// <summary>The type of the product whose code runs the statement; null where a test does, or nobody can tell.</summary>
    private static string? Asker()
    {
        foreach (var frame in new StackTrace(3, false).GetFrames())
        {
            var type = frame.GetMethod()?.DeclaringType;
            while (type?.DeclaringType is { } outer)
            {
                type = outer;
            }

            var room = type?.Namespace ?? "";
            if (
                !room.StartsWith("UserManagement.", StringComparison.Ordinal)
                || type!.Name is "MembershipDb" or "ReadBatch" or "StatementWatch"
            )
            {
                continue;
            }

            if (room.Contains(".Tests", StringComparison.Ordinal) || room == "UserManagement.Testing")
            {
                return null;
            }

            if (!room.StartsWith("UserManagement.Storage", StringComparison.Ordinal))
            {
                return type.Name;
            }
        }

        return null;
    }

    /// <summary>The tables that lie in pieces and are read without a workspace; empty where all is well.</summary>
    public static async Task<string> UnboundAsync(NpgsqlConnection connection, string sql)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await RunAsync(connection, "SET plan_cache_mode = force_generic_plan"); // of what is given only the place is known
        await RunAsync(connection, "SET enable_bitmapscan = off"); // its conditions stand in pieces at other nodes
        try
        {
            var names = new List<string>();
            var text = ByName()
                .Replace(
                    sql,
                    name =>
                    {
                        if (!names.Contains(name.Value))
                        {
                            names.Add(name.Value);
                        }

                        return string.Create(CultureInfo.InvariantCulture, $"${names.IndexOf(name.Value) + 1}");
                    }
                );
            await RunAsync(connection, $"PREPARE watched AS {text}");
        }
        catch (PostgresException)
        {
            return ""; // a command that is no query, or a parameter whose type only the driver knows
        }

        try
        {
            var parameters = await AskAsync<int>(
                connection,
                "SELECT coalesce(array_length(parameter_types, 1), 0) FROM pg_prepared_statements WHERE name = 'watched'"
            );
            var values = parameters == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("NULL", parameters))})";
            using var plan = JsonDocument.Parse(
                await AskAsync<string>(connection, $"EXPLAIN (FORMAT JSON, COSTS off) EXECUTE watched{values}")
            );
            var unbound = new SortedSet<string>(StringComparer.Ordinal);
            Look(plan.RootElement[0].GetProperty("Plan"), unbound);
            return string.Join(", ", unbound);
        }
        finally
        {
            await RunAsync(connection, "DEALLOCATE watched");
            await RunAsync(connection, "RESET plan_cache_mode");
            await RunAsync(connection, "RESET enable_bitmapscan");
        }
    }

    private static void Look(JsonElement node, SortedSet<string> unbound)
    {
        if (
            node.GetProperty("Node Type").GetString()!.EndsWith("Scan", StringComparison.Ordinal)
            && node.TryGetProperty("Relation Name", out var relation)
            && Array.IndexOf(Cut, relation.GetString()!) >= 0
            && !Conditions(node).Any(IsNamed)
        )
        {
            unbound.Add(relation.GetString()!);
        }

        if (node.TryGetProperty("Plans", out var plans))
        {
            foreach (var below in plans.EnumerateArray())
            {
                Look(below, unbound);
            }
        }
    }

    /// <summary>What must hold of each row that a node reads, part by part.</summary>
    private static IEnumerable<string> Conditions(JsonElement node) =>
        node.EnumerateObject()
            .Where(p => p.Name is "Index Cond" or "Recheck Cond" or "Filter")
            .SelectMany(p => Parts(p.Value.GetString()!));

    private static IEnumerable<string> Parts(string condition)
    {
        var (depth, from, end) = (0, 1, condition.Length - 1); // the whole stands in parentheses
        for (var i = 1; i < end; i++)
        {
            depth +=
                condition[i] == '(' ? 1
                : condition[i] == ')' ? -1
                : 0;
            if (depth == 0 && condition.AsSpan(i).StartsWith(" AND "))
            {
                yield return condition[from..i];
                from = i + " AND ".Length;
            }
        }

        yield return condition[from..end];
    }

    private static bool IsNamed(string part) => Named().IsMatch(part) && !part.Contains(" OR ", StringComparison.Ordinal);

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<T> AskAsync<T>(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    [GeneratedRegex(@"@[A-Za-z_]\w*")]
    private static partial Regex ByName();

    [GeneratedRegex(@"^\(*workspace_id = (\$\d+|'|ANY)")]
    private static partial Regex Named();

    private sealed record Seen(string Sql)
    {
        public string? By { get; set; }

        public string? Reads { get; set; }
    }

    private sealed class Factory : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider) { }

        public ILogger CreateLogger(string categoryName) => new Ear(categoryName == "Npgsql.Command");

        public void Dispose() { }
    }

    private sealed class Ear(bool isOfCommands) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        // The driver asks for Information before it asks for Debug, in which it tells what it is about to send (Npgsql 10.0.3).
        public bool IsEnabled(LogLevel logLevel) => isOfCommands && logLevel is (LogLevel.Debug or LogLevel.Information);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (logLevel != LogLevel.Debug || state is not IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                return;
            }

            foreach (var (name, value) in values)
            {
                switch (name, value)
                {
                    case ("CommandText", string sql):
                        Heard(sql);
                        break;
                    case ("BatchCommands", IEnumerable<string> batch):
                        foreach (var sql in batch)
                        {
                            Heard(sql);
                        }

                        break;
                }
            }
        }
    }
}
