using UserManagement.Host.Settings;
using UserManagement.Identity;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Recovery;
using UserManagement.Storage;

namespace UserManagement.Host.Verbs;

/// <summary>The core over the database that the settings name, for a verb: beside a running server or without one.</summary>
internal sealed class OpenCore : IAsyncDisposable
{
    private readonly MembershipSource _source;
    private readonly ServiceProvider _acts;

    private OpenCore(MembershipSource source, ServiceProvider acts, Links links)
    {
        _source = source;
        _acts = acts;
        Links = links;
    }

    /// <summary>Where providers may be asked.</summary>
    public OutboundRules Outbound { get; private init; } = new();

    /// <summary>The installation's addresses.</summary>
    public Links Links { get; }

    /// <summary>Opens it. A SQLite file without tables gets them; PostgreSQL is migrated by the verb alone.</summary>
    /// <param name="settings">Which one, and its keys.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="anyKey">Whether it is opened although the master key is not its own: once that is lost.</param>
    public static async Task<OpenCore> OfAsync(HostSettings settings, CancellationToken ct, bool anyKey = false)
    {
        var box = BoxOf(settings);
        var source = MembershipSource.Of(settings.Storage);
        try
        {
            if ((await source.PendingAsync(ct)).Count > 0)
            {
                if (settings.Storage.Provider == StorageProvider.Postgres)
                {
                    throw new StorageException("The database has not the tables of this version. Run `migrate` first.");
                }

                await source.MigrateAsync(ct);
                await source.RekeyAsync(again: false, null, ct); // what it found, `verify` names
            }

            await source.LaterAsync(ct); // one that this version cannot serve is refused here, not halfway through a verb
            if (!anyKey)
            {
                await CheckKeyAsync(source.Store(TimeProvider.System, box), ct);
            }

            return new(
                source,
                new ServiceCollection().AddSingleton(settings.Webhooks).AddCore(source, box, TimeProvider.System).BuildServiceProvider(),
                new(settings.PublicUrl)
            )
            {
                Outbound = settings.Outbound,
            };
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    /// <summary>The master key that the settings name; on SQLite the data folder is made with it.</summary>
    public static byte[] KeyOf(HostSettings settings)
    {
        DataFolder(settings);
        return MasterKey.Find(
            settings.MasterKey,
            settings.MasterKeyFile,
            settings.Storage.Provider == StorageProvider.Sqlite ? settings.DataFolder : null
        );
    }

    /// <summary>The second one, which is there while master keys are changed; null for none.</summary>
    public static byte[]? OtherKeyOf(HostSettings settings) =>
        MasterKey.FindOther(
            settings.MasterKeyOther,
            settings.MasterKeyOtherFile,
            settings.Storage.Provider == StorageProvider.Sqlite && settings.MasterKey is null && settings.MasterKeyFile is null
                ? settings.DataFolder
                : null
        );

    /// <summary>What seals by them.</summary>
    public static SecretBox BoxOf(HostSettings settings) => new(KeyOf(settings), OtherKeyOf(settings));

    /// <summary>Refuses a database that was sealed under another master key.</summary>
    /// <exception cref="StorageException">It was.</exception>
    public static async Task CheckKeyAsync(Store store, CancellationToken ct)
    {
        if (!await new FitsMasterKey(store).RunAsync(ct))
        {
            throw new StorageException(
                "The master key is not the one of this database: what it sealed cannot be opened. Give the right one (MasterKey, MasterKeyFile, "
                    + $"or {MasterKey.FileName} in the data folder). If it is lost for good, docs/runbook.md says what `key lost` does."
            );
        }
    }

    /// <summary>An act or query of the core.</summary>
    public T Act<T>()
        where T : notnull => _acts.GetRequiredService<T>();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _acts.DisposeAsync();
        await _source.DisposeAsync();
    }

    /// <summary>Only its owner may look into the data folder: secrets and people's names lie there.</summary>
    public static void DataFolder(HostSettings settings)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(settings.DataFolder);
            }
            else if (!Directory.Exists(settings.DataFolder))
            {
                Directory.CreateDirectory(settings.DataFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The data folder {settings.DataFolder} cannot be made: {e.Message} Name another with --data DIR.");
        }
    }
}
