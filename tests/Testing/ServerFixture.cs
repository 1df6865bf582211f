using System.Collections;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Host;
using UserManagement.Host.Settings;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Storage;

namespace UserManagement.Testing;

/// <summary>
/// The real host, wired as in production but for the price of a password's hash, on a real port, over a test's database: no
/// first start, no demo workspace. Several may share one database, as several instances do.
/// <code>
/// await using var database = await TestDatabase.NewAsync(kind);
/// await using var server = await TestServer.StartAsync(database, clock);
/// using var http = server.NewClient();
/// </code>
/// </summary>
public sealed class TestServer : IAsyncDisposable
{
    // A hash of production's price is a fifth of a second of one processor.
    private static readonly PasswordRules CheapPasswords = new() { Iterations = 2000 };

    private readonly WebApplication app;
    private readonly StringWriter log;
    private readonly TestDatabase database;

    private TestServer(WebApplication app, HostSettings settings, StringWriter log, TestDatabase database, IssuedSecrets secrets)
    {
        this.app = app;
        this.log = log;
        this.database = database;
        Secrets = secrets;
        Settings = settings;
        Client = NewClient();
    }

    /// <summary>What it was started with.</summary>
    public HostSettings Settings { get; }

    /// <summary>Where it is reached, <c>http://localhost:port/</c>.</summary>
    public Uri PublicUrl => Settings.PublicUrl;

    /// <summary>Its addresses.</summary>
    public Links Links => Service<Links>();

    /// <summary>The store that its acts work on.</summary>
    public Store Store => Service<Store>();

    /// <summary>A client of the test's own, as <see cref="NewClient"/> makes them.</summary>
    public HttpClient Client { get; }

    /// <summary>Every secret that went through it; none of them may be left in database or log when it ends.</summary>
    public IssuedSecrets Secrets { get; }

    /// <summary>The log so far, as the operator would see it.</summary>
    public string Log
    {
        get
        {
            // The host writes each entry under the writer's own lock.
            lock (log)
            {
                return log.ToString();
            }
        }
    }

    /// <summary>The <c>.eml</c> files written so far, oldest first; none when a mail server was given.</summary>
    public IReadOnlyList<RecordedMail> Mails =>
        !Directory.Exists(Settings.Mail.Folder)
            ? []
            :
            [
                .. Directory
                    .GetFiles(Settings.Mail.Folder, "*.eml")
                    .Order(StringComparer.Ordinal)
                    .Select(f => RecordedMail.Parse(File.ReadAllText(f, System.Text.Encoding.Latin1))),
            ];

    /// <summary>Starts it.</summary>
    /// <param name="database">Migrated; stays the caller's.</param>
    /// <param name="time">The clock; null for the real one.</param>
    /// <param name="mail">Where mail goes; null for files, see <see cref="Mails"/>.</param>
    /// <param name="configure">Last word on the registrations; null for none.</param>
    /// <param name="source">Another way to the database; stays the caller's. Null for its own.</param>
    /// <param name="set">More settings by name, <c>("TrustedProxies", "127.0.0.1")</c>; they win over its own.</param>
    public static async Task<TestServer> StartAsync(
        TestDatabase database,
        TimeProvider? time = null,
        MailSink? mail = null,
        Action<WebApplicationBuilder>? configure = null,
        MembershipSource? source = null,
        params (string Name, string Value)[] set
    )
    {
        for (var tries = 1; ; tries++)
        {
            var url = FreePort.Url();
            var given = new Dictionary<string, string>
            {
                ["Data"] = TestFolder.New(),
                ["Urls"] = url,
                ["Storage:Provider"] = database.Kind.ToString(),
                ["Storage:ConnectionString"] = database.ConnectionString,
                // Everybody of a test comes from one address; how fast the machine is must not decide what is answered.
                ["SignIn:PostsPerMinute"] = "100000",
                ["SignIn:LinksPerMinute"] = "100000",
            };
            if (mail is not null)
            {
                given["Mail:SmtpHost"] = mail.Host;
                given["Mail:SmtpPort"] = mail.Port.ToString(CultureInfo.InvariantCulture);
                given["Mail:StartTls"] = "false";
                given["Mail:From"] = "people@example.org";
            }

            foreach (var (name, value) in set)
            {
                given[name] = value;
            }

            var settings = HostSettings.Read(new Hashtable(), given);
            var log = new StringWriter(CultureInfo.InvariantCulture);
            var secrets = new IssuedSecrets();
            var app = HostApp.Build(
                settings,
                new(source ?? database.Source, TestDatabase.MasterKey, time ?? TimeProvider.System, log),
                builder =>
                {
                    secrets.AddTo(builder);
                    builder.Services.AddSingleton(CheapPasswords);
                    configure?.Invoke(builder);
                }
            );
            try
            {
                if (source is null && database.IsMigrated)
                {
                    await ReadyAppKey.PutAsync(database.Store(time));
                }

                await app.StartAsync();
                return new(app, settings, log, database, secrets);
            }
            catch (IOException) when (tries < 5)
            {
                await app.DisposeAsync(); // somebody took the port in between
            }
        }
    }

    /// <summary>Something that the host registered.</summary>
    public T Service<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>A client with cookies of its own, as a browser has them; it follows no redirect, so that a test sees each.</summary>
    public HttpClient NewClient() =>
        new(new CookieJar(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })) { BaseAddress = PublicUrl };

    /// <summary>Stops it, and looks for what it should not have kept.</summary>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        if (Secrets.Count > 0)
        {
            Secrets.AssertNoneIn(Log, "log");
            await using var db = database.Source.Open();
            Secrets.AssertNoneIn(await IssuedSecrets.DumpAsync(db), "database");
        }
    }
}

/// <summary>
/// Keeps cookies as a browser does on localhost, where Secure ones travel over plain http too; .NET's own container
/// would keep them back.
/// </summary>
public sealed class CookieJar(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly Dictionary<string, string> cookies = new(StringComparer.Ordinal);

    /// <summary>What is held now, by name.</summary>
    public IReadOnlyDictionary<string, string> Cookies => cookies;

    /// <summary>Forgets them all: another browser.</summary>
    public void Clear() => cookies.Clear();

    /// <summary>Holds a cookie that no answer gave.</summary>
    public void Hold(string name, string value) => cookies[name] = value;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (cookies.Count > 0 && !request.Headers.Contains("Cookie"))
        {
            request.Headers.Add("Cookie", string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}")));
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (response.Headers.TryGetValues("Set-Cookie", out var set))
        {
            foreach (var cookie in set)
            {
                Keep(cookie);
            }
        }

        return response;
    }

    private void Keep(string cookie)
    {
        var parts = cookie.Split(';', StringSplitOptions.TrimEntries);
        var at = parts[0].IndexOf('=', StringComparison.Ordinal);
        var gone = parts.Any(p =>
            p.Equals("max-age=0", StringComparison.OrdinalIgnoreCase)
            || (
                p.StartsWith("expires=", StringComparison.OrdinalIgnoreCase)
                && DateTimeOffset.TryParse(p[8..], CultureInfo.InvariantCulture, out var end)
                && end.Year <= 1970
            )
        );
        if (gone)
        {
            cookies.Remove(parts[0][..at]);
        }
        else
        {
            cookies[parts[0][..at]] = parts[0][(at + 1)..];
        }
    }
}
