using UserManagement.Membership.Access;
using UserManagement.Membership.Recovery;
using UserManagement.Storage;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs about the master key.</summary>
internal static class KeyVerbs
{
    public static Verb Renew { get; } =
        new(
            "key renew",
            "",
            "Makes a new master key in the data folder of a SQLite database",
            """
            The first step there; with PostgreSQL you make the key and give it (`key rotate` says how). The server must be stopped. The key
            before stays beside the new one, in master.key.other, and both are valid until that file is deleted.

              usermanagement key renew && usermanagement serve &
              usermanagement key rotate && rm data/master.key.other
            """,
            0,
            [],
            async (call, ct) =>
            {
                if (
                    call.Settings.Storage.Provider != StorageProvider.Sqlite
                    || call.Settings.MasterKey is not null
                    || call.Settings.MasterKeyFile is not null
                )
                {
                    throw new UsageException(
                        "The master key is given, so it is yours to make: `openssl rand -base64 32`. `key rotate --help` says what then."
                    );
                }

                await using var source = MembershipSource.Of(call.Settings.Storage);
                source.HoldAsServer();
                MasterKey.Renew(call.Settings.DataFolder);
                await call.Out.WriteLineAsync(
                    $"A new {MasterKey.FileName} is made; the one before is {MasterKey.OtherFileName}. Start the server, then run `key rotate`."
                );
                return Exit.Done;
            }
        );

    public static Verb Rotate { get; } =
        new(
            "key rotate",
            "",
            "Seals everything under the new master key, while servers serve",
            """
            With several servers, one after the other at each step, so that none meets what it cannot open:

              1. MasterKey stays, MasterKeyOther is the new key: every server can open both.
              2. MasterKey is the new key, MasterKeyOther the former one: every server seals with the new one.
              3. usermanagement key rotate, with these settings. It works in turns of a few hundred rows beside the servers; stopped, it
                 is run again and goes on. Run it once more when it is done: it must say that nothing is left.
              4. MasterKeyOther goes. Keep the former key for as long as you keep backups of its time.

            Sign-ins, sessions, recovery codes and what apps know people by go on. Audit logs are signed with a new key from step 2 on:
            `audit key` prints the new public key and those before.

              usermanagement key rotate --MasterKeyFile new.key --MasterKeyOtherFile former.key
            """,
            0,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var done = await core.Act<RotateMasterKey>()
                    .RunAsync(
                        Actor.Operator,
                        async (what, count) =>
                        {
                            if (count % 10_000 == 0)
                            {
                                await call.Out.WriteLineAsync($"{what}: {count}");
                                await call.Out.FlushAsync(ct);
                            }
                        },
                        ct
                    );
                if (!done.Is(out var sealedAnew, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await TellAsync(call, "sealed anew", sealedAnew.Anew, "Nothing is left under the former key.");
                await TellAsync(call, "opened by neither key", sealedAnew.Lost, null);
                return sealedAnew.Lost.Count == 0 ? Exit.Done : Exit.Refused;
            }
        );

    public static Verb Lost { get; } =
        new(
            "key lost",
            "",
            "Goes on with a new master key when the former one is lost for good",
            """
            Look for the former one first: in the data folder's backups, in the secret store of your servers. With a new key given, every server
            stopped: this takes away what the servers make anew by themselves, and counts what people have to make anew. docs/runbook.md
            says who does what. People, roles, passwords, passkeys and the tokens of directories and programs are not touched.

              usermanagement key lost
            """,
            0,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct, anyKey: true);
                var done = await core.Act<AfterKeyLoss>().RunAsync(Actor.Operator, ct);
                if (!done.Is(out var lost, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await TellAsync(call, "lost", lost.Lost, "This key opens everything: nothing is lost.");
                return Exit.Done;
            }
        );

    private static async Task TellAsync(VerbCall call, string done, IReadOnlyDictionary<string, int> counts, string? none)
    {
        foreach (var (what, count) in counts)
        {
            await call.Out.WriteLineAsync($"{done}: {count} {what}");
        }

        if (counts.Count == 0 && none is not null)
        {
            await call.Out.WriteLineAsync(none);
        }
    }
}
