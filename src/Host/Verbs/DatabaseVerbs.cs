using System.Globalization;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Outbox;
using UserManagement.Storage;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs about the database as a whole.</summary>
internal static class DatabaseVerbs
{
    private const long RowsALine = 50_000;

    public static Verb Migrate { get; } =
        new(
            "migrate",
            "",
            "Brings the database to the newest version",
            """
            Run it before the servers of a new version start. It may run any number of times and does nothing when nothing is
            to be done. Another migration at the same time is waited for, up to a minute. On SQLite the server must be stopped
            (and would migrate by itself at its start).

            It also brings the stored keys of names (for user names, groups, search) to this version's rules for which names are the
            same. Where an older server kept two people apart who have one name now, both stay: the line printed names the one
            that is found by id alone until one of the two is renamed or removed: a member's key follows at once, that of a group or of
            a login with the next `migrate`. Run it again after the last server of an older version has stopped: this verb looks at
            every name each time, while `serve` that migrates looks once for each version of the rules.

            Where Citus distributes the database, new tables lie on the coordinator alone until deploy/citus/distribute.sql ran again: it
            says which.

              usermanagement migrate
              usermanagement migrate --Storage:Provider Postgres --Storage:ConnectionString "Host=db;Database=um;Username=um;Password=..."
            """,
            0,
            [],
            async (call, ct) =>
            {
                OpenCore.DataFolder(call.Settings);
                await using var source = MembershipSource.Of(call.Settings.Storage);
                var pending = await source.PendingAsync(ct);
                await source.MigrateAsync(ct);
                var later = await source.LaterAsync(ct);
                await call.Out.WriteLineAsync(
                    pending.Count > 0 ? $"Migrated: {string.Join(", ", pending)}."
                    : later.Count == 0 ? "The database is at the newest version."
                    : $"A later version brought the database further than this one knows ({string.Join(", ", later)}): nothing is done. This version serves it all the same."
                );
                await RekeyAsync(source, again: true, call.Out, ct);
                if (await source.MisplacedAsync(ct) is { Count: > 0 } misplaced)
                {
                    await call.Out.WriteLineAsync(
                        $"This database is distributed by Citus, and not all tables are where they belong: {string.Join("; ", misplaced)}. "
                            + "Run deploy/citus/distribute.sql of this version now, before its servers start."
                    );
                }

                return Exit.Done;
            }
        );

    /// <summary>
    /// Brings the stored keys up; a line now and then where that takes long, and one for each two that have the same name.
    /// </summary>
    public static async Task RekeyAsync(MembershipSource source, bool again, TextWriter to, CancellationToken ct)
    {
        var next = RowsALine;
        var collisions = await source.RekeyAsync(
            again,
            async rows =>
            {
                if (rows >= next)
                {
                    next = rows + RowsALine;
                    await to.WriteLineAsync($"Keys of names: {rows} rows looked at.");
                    await to.FlushAsync(ct);
                }
            },
            ct
        );
        foreach (var one in collisions)
        {
            await to.WriteLineAsync(
                $"{one.Where}: the {one.What} {Shown(one.Name)} of {one.Id} is the same as another's. Rename one of them."
            );
        }
    }

    // names may differ by nothing that is seen
    private static string Shown(string text) =>
        string.Concat(
            Web.LogLine.Clean(text).Select(c => char.GetUnicodeCategory(c) == UnicodeCategory.Format ? $"\\u{(int)c:X4}" : c.ToString())
        );

    public static Verb Verify { get; } =
        new(
            "verify",
            "",
            "Compares the stored counts with the rows they count",
            """
            Seats, member slots, licenses, admins and totals are stored counts; this counts the rows and prints what differs.
            Exit code 0 when all agrees, 1 when something differs. Run it while nothing is being written: a write between
            two counts shows as a difference. It also tells of messages that the outbox has given up.

              usermanagement verify
            """,
            0,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var differences = await core.Act<VerifyCounters>().RunAsync(ct);
                foreach (var one in differences)
                {
                    await call.Out.WriteLineAsync($"{one.Workspace}: {one.What}: stored {Shown(one.Stored)}, rows say {Shown(one.Found)}");
                }

                var outbox = (await core.Act<ListOutbox>().RunAsync(Actor.Operator, ct)).Value;
                foreach (var dead in outbox.Latest)
                {
                    await call.Out.WriteLineAsync(
                        $"given up: {dead.Kind} of {dead.CreatedAt:yyyy-MM-dd HH:mm} UTC after {dead.Tries} tries: {Web.LogLine.Clean(dead.LastError ?? "")}"
                    );
                }

                if (outbox.Dead > 0)
                {
                    await call.Out.WriteLineAsync($"{outbox.Dead} messages are given up; `outbox retry` lets them be sent after all.");
                }

                await call.Out.WriteLineAsync(
                    differences.Count == 0 ? "All counts agree with their rows." : $"{differences.Count} counts differ."
                );
                return differences.Count == 0 ? Exit.Done : Exit.Refused;
            }
        );
}
