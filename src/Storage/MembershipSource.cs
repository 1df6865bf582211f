using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Storage.Postgres;
using UserManagement.Storage.Sqlite;

namespace UserManagement.Storage;

/// <summary>
/// One database: hands out pooled contexts and brings the schema to where the code expects it. One for the life of a
/// process; disposing it closes the pool.
/// </summary>
public abstract class MembershipSource : IAsyncDisposable
{
    /// <summary>Opens nothing yet: a database that is away is noticed by the first read.</summary>
    public static MembershipSource Of(StorageSettings settings) =>
        settings.Provider switch
        {
            StorageProvider.Sqlite => new SqliteSource(settings),
            StorageProvider.Postgres => new PostgresSource(settings),
            _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Provider, null),
        };

    /// <summary>A context from the pool, without tracking; the caller disposes.</summary>
    public abstract MembershipDb Open();

    /// <summary>
    /// A context that tracks what it reads and saves through the tracker, in the line of writers where there is one: for libraries
    /// that bring stores of their own (OpenIddict). The core's acts never use it. The caller disposes.
    /// </summary>
    public abstract MembershipDb OpenTracking();

    /// <summary>What the core works with.</summary>
    public Store Store(TimeProvider time, SecretBox box) => new(Open, time, box);

    /// <summary>
    /// Claims the database for a server. On SQLite one server at a time holds the file; on PostgreSQL there is nothing
    /// to claim. The claim ends with the source or with the process, however that ends.
    /// </summary>
    /// <exception cref="StorageException">Another server holds it.</exception>
    public abstract void HoldAsServer();

    /// <summary>Brings the schema to the newest version; nothing happens when it is there already.</summary>
    /// <exception cref="StorageException">Another process is at it and does not finish, or holds the file.</exception>
    public abstract Task MigrateAsync(CancellationToken ct);

    /// <summary>
    /// Brings the stored keys of names to today's rules, after the schema; see <see cref="RekeyNames"/>. Where a later version has
    /// been its rules stand, and nothing is done.
    /// </summary>
    /// <param name="again">Whether also where a run came to its end before.</param>
    /// <param name="told">Told now and then how many rows were read; null for nobody.</param>
    /// <param name="ct">Stops it; what is written stays.</param>
    /// <returns>Who has the same name as somebody else.</returns>
    public async Task<IReadOnlyList<NameCollision>> RekeyAsync(bool again, Func<long, Task>? told, CancellationToken ct) =>
        (await LaterAsync(ct)).Count > 0
            ? []
            // it seals nothing
            : await new RekeyNames(Store(TimeProvider.System, new SecretBox(RandomNumberGenerator.GetBytes(32)))).RunAsync(again, told, ct);

    /// <summary>
    /// Before it migrates EF builds the model twice more and compares both, whether the migrations say all of it. A test does that, once.
    /// </summary>
    private protected static void TrustTheMigrations(WarningsConfigurationBuilder warnings) =>
        warnings.Ignore(RelationalEventId.PendingModelChangesWarning);

    /// <summary>
    /// Takes the steps that are missing. Where none is, that is told by one query: a third of a start goes into asking EF.
    /// </summary>
    private protected static async Task MigrateAsync(MembershipDb db, CancellationToken ct)
    {
        if ((await db.Database.GetPendingMigrationsAsync(ct)).Any())
        {
            await db.Database.MigrateAsync(ct);
        }
    }

    /// <summary>The names of migrations that the database lacks; empty when it is ready. A database that is away throws.</summary>
    public async Task<IReadOnlyList<string>> PendingAsync(CancellationToken ct)
    {
        await using var db = Open();
        return [.. await db.Database.GetPendingMigrationsAsync(ct)];
    }

    /// <summary>
    /// The names of migrations by which a later version brought the database further than this one knows; empty when none did.
    /// This version serves it all the same. A database that is away throws.
    /// </summary>
    /// <exception cref="StorageException">It cannot: something that it needs is gone, or an INSERT must name more than it
    /// knows.</exception>
    public async Task<IReadOnlyList<string>> LaterAsync(CancellationToken ct)
    {
        await using var db = Open();
        var names = await LaterShape.NamesAsync(db, ct);
        return names.Count == 0 || await LaterShape.AgainstAsync(db, DemandedColumns, ct) is not { } against
            ? names
            : throw new StorageException(
                $"A later version has changed this database ({string.Join(", ", names)}) so that this one cannot serve it: {against}. Start that version."
            );
    }

    /// <summary>
    /// The tables of a distributed database that lie elsewhere than they should, in words: those of a migration do until the operator's
    /// script ran again. Empty where nothing is distributed.
    /// </summary>
    public virtual Task<IReadOnlyList<string>> MisplacedAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>
    /// Asks the database for the least there is to read, and whether it takes a write; one that is away, or lets nobody write, throws.
    /// </summary>
    /// <param name="patience">How long to wait for other writers where one writes at a time.</param>
    /// <param name="ct">Stops the asking; a driver that hears nothing may need some seconds more.</param>
    public async Task AskAsync(TimeSpan patience, CancellationToken ct)
    {
        await using var db = Open();
        await db.Workspaces.Select(w => 1).FirstOrDefaultAsync(ct);
        await db.TryWriteAsync(patience, ct);
    }

    /// <summary>
    /// How far a clock is ahead of the database's, negative when it is behind; zero where the database is of this machine. A database that
    /// is away throws.
    /// </summary>
    public virtual Task<TimeSpan> ClockSkewAsync(TimeProvider time, CancellationToken ct) => Task.FromResult(TimeSpan.Zero);

    /// <summary>Whether a fault says that the database is away, so that the caller is asked to come again.</summary>
    public bool IsUnavailable(Exception fault)
    {
        using var db = Open();
        return db.IsUnavailable(fault);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A query for the columns, as table and name, that an INSERT must name: without a default, and not null.</summary>
    protected abstract string DemandedColumns { get; }

    /// <summary>Closes the pool and gives the claim back.</summary>
    protected abstract ValueTask CloseAsync();
}
