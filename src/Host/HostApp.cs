using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using UserManagement.AdminUi;
using UserManagement.Api;
using UserManagement.Host.Settings;
using UserManagement.Host.Telemetry;
using UserManagement.Host.Web;
using UserManagement.Identity;
using UserManagement.Integrations;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Webhooks;
using UserManagement.Provider;
using UserManagement.Scim;
using UserManagement.Storage;
using UserManagement.Ui;

namespace UserManagement.Host;

/// <summary>What a host is made of beside its settings; a test puts its own here.</summary>
/// <param name="Source">The database; stays the caller's to dispose.</param>
/// <param name="MasterKey">At least 32 bytes.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">Where the log goes.</param>
public sealed record HostParts(MembershipSource Source, byte[] MasterKey, TimeProvider Time, TextWriter Log)
{
    /// <summary>The second master key while keys are changed; null for none.</summary>
    public byte[]? OtherKey { get; init; }
}

/// <summary>Wires the rooms into one web application; decides nothing.</summary>
public static class HostApp
{
    /// <summary>
    /// The longest first line of a request that is read at all, in bytes; the SCIM door answers one of half that length with its own 414.
    /// </summary>
    public const int LongestRequestLine = 64 * 1024;

    /// <summary>The largest body that a door takes unless it sets its own limit, in bytes.</summary>
    public const long LargestBody = 1024 * 1024;

    /// <summary>Builds the server; starting it is the caller's.</summary>
    /// <param name="settings">Read and checked.</param>
    /// <param name="parts">The database and so on.</param>
    /// <param name="configure">Last word on the registrations; null for none.</param>
    public static WebApplication Build(HostSettings settings, HostParts parts, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production }
        );
        builder.Configuration.Sources.Clear(); // settings come from HostSettings alone, no file or variable beside it
        builder.Configuration.AddInMemoryCollection();
        builder.WebHost.UseUrls([.. settings.Urls.Select(u => u.GetLeftPart(UriPartial.Authority))]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Limits.MaxRequestLineSize = LongestRequestLine;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        Logging(builder.Logging, settings, parts);
        Services(builder.Services, settings, parts);
        configure?.Invoke(builder);

        var app = builder.Build();
        Pipeline(app, settings);
        Routes(app);
        return app;
    }

    /// <summary>The core over a database, without a web server: what the verbs work with.</summary>
    public static IServiceCollection AddCore(this IServiceCollection services, MembershipSource source, SecretBox box, TimeProvider time)
    {
        var store = source.Store(time, box);
        services.TryAddSingleton(new WebhookRules());
        return services.AddSingleton(time).AddSingleton(source).AddSingleton(store).AddMembership();
    }

    private static void Logging(ILoggingBuilder logging, HostSettings settings, HostParts parts)
    {
        logging.ClearProviders();
        logging.AddProvider(new LineLog(parts.Log, parts.Time));
        logging.SetMinimumLevel(settings.LogLevel);
        // Below these levels frameworks write request paths (which may hold a secret) and parameters of statements.
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Error);
        logging.AddFilter("Npgsql", LogLevel.Warning);
        // It writes a stack trace at each cookie that is not its own, which anybody can send; the request itself is answered with 400.
        logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Critical);
        // It writes what was sent and answered, in parts as they are.
        logging.AddFilter("OpenIddict", LogLevel.Warning);
        // It warns that keys are stored unsealed, for it cannot know that the key ring seals them.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
    }

    private static void Services(IServiceCollection services, HostSettings settings, HostParts parts)
    {
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(8));
        services.AddSingleton(settings.Webhooks);
        services.AddCore(parts.Source, new SecretBox(parts.MasterKey, parts.OtherKey), parts.Time);
        services.AddSingleton(settings);
        services.AddSingleton(new Links(settings.PublicUrl));
        services.AddIntegrations(settings.Mail, settings.NameServer, settings.Stripe);
        services.AddHostedService<OutboxWorker>();
        services.AddTelemetry(settings.Telemetry);
        services.AddHostedService<RetentionWorker>();
        services.AddHostedService<AuditSealer>();
        services.AddHostedService<MembershipWorker>();
        services.AddHostedService<ProvisioningLogWriter>();
        services.AddHostedService<DirectoryWatcher>();
        services.AddHostedService<AuditStreamer>();
        services.AddDataProtection().SetApplicationName("UserManagement");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(p => new ConfigureOptions<KeyManagementOptions>(o =>
            o.XmlRepository = new ProtectionKeyRing(p.GetRequiredService<Store>())
        ));
        services.Configure<ForwardedHeadersOptions>(o =>
        {
            o.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            o.KnownProxies.Clear();
            o.KnownIPNetworks.Clear();
            foreach (var proxy in settings.TrustedProxies)
            {
                o.KnownIPNetworks.Add(proxy);
            }
        });
        services.AddSingleton<Faults>();
        services.AddUi();
        services.AddIdentity(settings.SignIn);
        services.AddRelyingParty(settings.Outbound);
        services.AddSingleton<SignedInMiddleware>();
        services.AddSingleton<PortalMiddleware>();
        services.AddScoped(_ => parts.Source.OpenTracking()); // of OpenIddict's stores alone
        services.AddProvider(new Links(settings.PublicUrl));
        services.AddApi(
            new() { RequestsPerMinute = settings.ApiRequestsPerMinute, UnknownKeysPerMinute = settings.ApiUnknownKeysPerMinute }
        );
        services.AddScim(o =>
        {
            o.PublicUrl = () => settings.PublicUrl.GetLeftPart(UriPartial.Path).TrimEnd('/');
            o.RequestsPerSecond = settings.ScimRequestsPerSecond;
            o.MaxGroupBodyBytes = settings.ScimMaxGroupBodyMiB * 1024 * 1024;
        });
    }

    private static void Pipeline(WebApplication app, HostSettings settings)
    {
        if (settings.TrustedProxies.Count > 0)
        {
            app.UseForwardedHeaders(); // with an empty list it would believe everybody
        }

        app.UseUiHeaders();
        app.Use(app.Services.GetRequiredService<Faults>().InvokeAsync);
        app.Use(new HostNames(settings.PublicUrl).InvokeAsync);
        app.UseUiRequests();
        app.UseRouting();
        app.UseMiddleware<SignedInMiddleware>();
        app.UseMiddleware<PortalMiddleware>();
        app.UseProvider();
        app.UseAntiforgery();
    }

    private static void Routes(WebApplication app)
    {
        app.MapProbes();
        app.MapUiAssets();
        app.MapScim();
        app.MapApi();
        app.MapIdentity();
        app.MapProvider();
        app.MapAdminUi();
        app.MapFallback(() => Faults.Page(StatusCodes.Status404NotFound, null)).ExcludeFromDescription();
    }
}
