using System.Globalization;
using UserManagement.Host.Settings;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Recovery;
using UserManagement.Storage;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs about backups, and about what follows when one is restored.</summary>
internal static class BackupVerbs
{
    private static readonly (string, string) RevokeKeys = ("--revoke-keys", "Directories' tokens and programs' keys are void too");

    public static Verb Backup { get; } =
        new(
            "backup",
            "FILE",
            "Writes a backup of the SQLite database, also while the server runs",
            """
            Of one moment, looked through by SQLite's integrity check, with its SHA-256 beside it in FILE.sha256. It overwrites nothing. Keep
            both apart from this machine, and the master key (master.key in the data folder) apart from both: without it the backup's
            secrets cannot be opened.

              usermanagement backup /backup/usermanagement-2026-11-29.db

            PostgreSQL is backed up by its own tools: docs/operations.md.
            """,
            1,
            [],
            async (call, ct) =>
            {
                var made = DatabaseBackup.Make(call.Settings.Storage, Path.GetFullPath(call.Operands[0]), TimeProvider.System.GetUtcNow());
                await call.Out.WriteLineAsync(
                    string.Create(CultureInfo.InvariantCulture, $"{call.Operands[0]}: {made.Bytes} bytes, SHA-256 {made.Sum}.")
                );
                return Exit.Done;
            }
        );

    public static Verb Restore { get; } =
        new(
            "restore",
            "FILE",
            "Puts a backup in the place of the SQLite database",
            """
            The server must be stopped. The backup is checked against its SHA-256 and looked through, brought to this version, and all that
            must not live again is made void (`restored` says what); only then does it take the database's place, in one step. Until then
            nothing is changed. Master.key of the time of the backup must lie in the data folder, or be given.

              usermanagement restore /backup/usermanagement-2026-11-29.db --data /var/lib/usermanagement
              usermanagement restore /backup/usermanagement-2026-11-29.db --replace
            """,
            1,
            [("--replace", "A database that is there is replaced, and kept beside it"), RevokeKeys],
            async (call, ct) =>
            {
                OpenCore.DataFolder(call.Settings);
                VoidAfterRestore? told = null;
                var kept = await DatabaseBackup.RestoreAsync(
                    call.Settings.Storage,
                    Path.GetFullPath(call.Operands[0]),
                    call.Flag("replace"),
                    async source =>
                    {
                        var store = source.Store(TimeProvider.System, KeyFor(call.Settings));
                        await OpenCore.CheckKeyAsync(store, ct);
                        var done = await new AfterRestore(store).RunAsync(Actor.Operator, call.Flag("revoke-keys"), ct);
                        told = done.Is(out var found, out var refusal) ? found : throw new StorageException(refusal.Message);
                    },
                    ct
                );
                await call.Out.WriteLineAsync(
                    $"{call.Operands[0]} is restored.{(kept is null ? "" : $" What was there is kept as {kept}.")}"
                );
                await TellAsync(call, told!);
                return Exit.Done;
            }
        );

    public static Verb Restored { get; } =
        new(
            "restored",
            "",
            "Makes void what must not live again, after PostgreSQL was restored",
            """
            To be run once after pg_restore or a recovery to a point in time, before a server serves the database; `restore` does it by
            itself on SQLite. What was ended between the backup and the restore would live again: so every session, one-time link,
            invitation link and everything that apps were given is void, and each workspace's admins are asked to have their directory
            synchronised in full. People, roles, groups, seats and the audit log stay. Run again it finds nothing to do.

            Tokens of directories and keys of programs open their doors as they did at the time of the backup; those that were revoked
            since open them again unless all are revoked by --revoke-keys.

              usermanagement restored
            """,
            0,
            [RevokeKeys],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var done = await core.Act<AfterRestore>().RunAsync(Actor.Operator, call.Flag("revoke-keys"), ct);
                if (!done.Is(out var found, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await TellAsync(call, found);
                return Exit.Done;
            }
        );

    /// <summary>The key that is there: none is made, for it could be the right one for nothing.</summary>
    private static SecretBox KeyFor(HostSettings settings) =>
        settings.MasterKey is null && settings.MasterKeyFile is null && !File.Exists(Path.Combine(settings.DataFolder, MasterKey.FileName))
            ? throw new StorageException(
                $"There is no master key. Put the {MasterKey.FileName} of the time of the backup into {settings.DataFolder}, or give it with --MasterKeyFile FILE."
            )
            : OpenCore.BoxOf(settings);

    private static async Task TellAsync(VerbCall call, VoidAfterRestore found)
    {
        if (found.State is { } state)
        {
            await call.Out.WriteLineAsync(
                string.Create(CultureInfo.InvariantCulture, $"Its state is that of {state:yyyy-MM-dd HH:mm:ss} UTC.")
            );
        }

        await call.Out.WriteLineAsync(
            !found.Any
                ? "Nothing was left to make void."
                : $"Void: {found.Sessions} sessions, {found.Links} one-time links, {found.Invitations} invitations (send them again), {found.JoinLinks} links to join, {found.AppGrants} grants and {found.AppTokens} tokens of apps{(found.Keys > 0 ? $", {found.Keys} tokens and keys of directories and programs" : "")}."
        );
        await call.Out.WriteLineAsync("Have each directory synchronise in full; its admins are asked to on the page Directory.");
    }
}
