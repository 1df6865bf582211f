using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Host.Settings;
using UserManagement.Storage;

namespace UserManagement.Host.Verbs;

/// <summary>The server itself.</summary>
internal static class ServeVerb
{
    public static Verb Serve { get; } =
        new(
            "serve",
            "",
            "Starts the server",
            """
            Nothing has to be set: the server listens on http://localhost:5080 and keeps an SQLite file under data/.
            The first start on an empty SQLite file, reachable from this machine alone, makes the workspace acme with an
            admin and a SCIM token and prints how to get in, once.

              usermanagement
              usermanagement --data /var/lib/usermanagement --urls http://localhost:8080

            For production: PostgreSQL, a master key, and the https address of the reverse proxy before the server.

              usermanagement migrate --Storage:Provider Postgres --Storage:ConnectionString "Host=db;Database=um;Username=um;Password=..."
              USERMANAGEMENT_MASTERKEY=... usermanagement serve --Storage:Provider Postgres \
                --Storage:ConnectionString "Host=db;Database=um;Username=um;Password=..." \
                --urls http://0.0.0.0:8080 --PublicUrl https://people.example.org --TrustedProxies 10.0.0.0/8

            GET /livez answers while the process lives, GET /readyz while the database is there and migrated.
            """,
            0,
            [],
            RunAsync
        );

    private static async Task<int> RunAsync(VerbCall call, CancellationToken ct)
    {
        var settings = call.Settings;
        var key = OpenCore.KeyOf(settings);
        await using var source = MembershipSource.Of(settings.Storage);
        source.HoldAsServer();
        if (settings.MigrateAtStart)
        {
            await source.MigrateAsync(ct);
            await DatabaseVerbs.RekeyAsync(source, again: false, call.Error, ct);
        }

        await TellLaterAsync(source, call.Error, ct);
        await CheckKeyAsync(source, settings, ct);
        await using var app = HostApp.Build(
            settings,
            new(source, key, TimeProvider.System, call.Error) { OtherKey = OpenCore.OtherKeyOf(settings) }
        );
        try
        {
            await app.StartAsync(ct);
        }
        catch (IOException e) when (e.InnerException is SocketException or Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            // the workers that were begun are told that it ends: one that has not run yet would be logged as a fault
            await app.StopAsync(CancellationToken.None);
            throw new StorageException(
                $"{string.Join(", ", settings.Urls)} cannot be listened on: {e.Message} Choose another address with --urls.",
                e
            );
        }

        if (settings.MigrateAtStart && await ActivatorUtilities.CreateInstance<FirstStart>(app.Services).RunAsync(ct) is { } text)
        {
            await call.Out.WriteAsync(text);
            await call.Out.FlushAsync(ct);
        }

        await app.WaitForShutdownAsync(ct);
        return Exit.Done;
    }

    /// <summary>A database that is away, or not migrated yet, cannot be asked: `/readyz` tells of it.</summary>
    private static async Task CheckKeyAsync(MembershipSource source, HostSettings settings, CancellationToken ct)
    {
        try
        {
            if ((await source.PendingAsync(ct)).Count == 0)
            {
                await OpenCore.CheckKeyAsync(source.Store(TimeProvider.System, OpenCore.BoxOf(settings)), ct);
            }
        }
        catch (Exception e) when (source.IsUnavailable(e))
        {
            // likewise
        }
    }

    /// <summary>One line where a later version has migrated the database; a database that is away is noticed by its readers.</summary>
    private static async Task TellLaterAsync(MembershipSource source, TextWriter error, CancellationToken ct)
    {
        try
        {
            if (await source.LaterAsync(ct) is { Count: > 0 } later)
            {
                await error.WriteLineAsync(
                    $"A later version brought the database further than this one knows ({string.Join(", ", later)}). This version serves it all the same; what it does not know it leaves as it is."
                );
            }
        }
        catch (Exception e) when (source.IsUnavailable(e))
        {
            // the server starts, says so at /readyz, and serves once the database is there
        }
    }
}
