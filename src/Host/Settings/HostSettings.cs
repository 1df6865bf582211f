using System.Globalization;
using System.Net;
using UserManagement.Host.Telemetry;
using UserManagement.Identity;
using UserManagement.Integrations.Billing;
using UserManagement.Integrations.Mail;
using UserManagement.Membership;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Webhooks;
using UserManagement.Storage;

namespace UserManagement.Host.Settings;

/// <summary>A setting that is wrong. The message is a sentence that names the setting and what it wants.</summary>
public sealed class SettingsException(string message) : Exception(message);

/// <summary>All that an operator can set, read and checked once at the start.</summary>
public sealed record HostSettings
{
    /// <summary>The data folder, as a full path.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where to listen.</summary>
    public required IReadOnlyList<Uri> Urls { get; init; }

    /// <summary>Where people reach the server.</summary>
    public required Uri PublicUrl { get; init; }

    /// <summary>The database.</summary>
    public required StorageSettings Storage { get; init; }

    /// <summary>Whether <c>serve</c> brings the schema to the newest version.</summary>
    public required bool MigrateAtStart { get; init; }

    /// <summary>The master key in base64; null for none.</summary>
    public string? MasterKey { get; init; }

    /// <summary>The file with the master key; null for none.</summary>
    public string? MasterKeyFile { get; init; }

    /// <summary>The second master key in base64, while keys are changed; null for none.</summary>
    public string? MasterKeyOther { get; init; }

    /// <summary>The file with it; null for none.</summary>
    public string? MasterKeyOtherFile { get; init; }

    /// <summary>How mail leaves.</summary>
    public required MailSettings Mail { get; init; }

    /// <summary>How often one address may try to sign in.</summary>
    public IdentitySettings SignIn { get; init; } = new();

    /// <summary>Where identity providers may be dialled.</summary>
    public OutboundRules Outbound { get; init; } = new();

    /// <summary>How long endpoints for events are tried.</summary>
    public WebhookRules Webhooks { get; init; } = new();

    /// <summary>How many REST requests one key or person may send in a minute, on each instance.</summary>
    public int ApiRequestsPerMinute { get; init; } = 600;

    /// <summary>Unknown REST keys that one remote address may show in a minute, on each instance.</summary>
    public int ApiUnknownKeysPerMinute { get; init; } = 60;

    /// <summary>How many SCIM requests a second one token may send; 0 for no limit.</summary>
    public int ScimRequestsPerSecond { get; init; } = 500;

    /// <summary>The largest SCIM group that is read with its members, in MiB.</summary>
    public int ScimMaxGroupBodyMiB { get; init; } = 16;

    /// <summary>How long what is over is kept.</summary>
    public RetentionRules Retention { get; init; } = new();

    /// <summary>How often the audit logs are sealed; zero for never by this server.</summary>
    public TimeSpan AuditSealEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The file to which each new head of an audit log is added; null for none.</summary>
    public string? AuditHeadsFile { get; init; }

    /// <summary>The name server that is asked about domains; null for those of the machine.</summary>
    public IPEndPoint? NameServer { get; init; }

    /// <summary>The billing provider; null for none.</summary>
    public StripeSettings? Stripe { get; init; }

    /// <summary>Reverse proxies that are believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>From which level on the log is written.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Where traces and metrics go; null for nowhere.</summary>
    public TelemetrySettings? Telemetry { get; init; }

    /// <summary>Whether only this machine reaches the server: the condition for the demo workspace.</summary>
    public bool IsLoopback => Urls.All(u => u.IsLoopback) && PublicUrl.IsLoopback;

    /// <summary>Reads and checks; later sources outweigh earlier ones.</summary>
    /// <param name="environment">The process's variables.</param>
    /// <param name="given">What the command line named.</param>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public static HostSettings Read(System.Collections.IDictionary environment, IReadOnlyDictionary<string, string> given)
    {
        var values = SettingSources.Merge(environment, given);
        var data = Path.GetFullPath(values.Text("Data") ?? "data");
        var urls = (values.Text("Urls") ?? "http://localhost:5080")
            .Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(u => SettingSources.Url("Urls", u))
            .ToList();
        var provider = values.Word("Storage:Provider", StorageProvider.Sqlite);
        return new()
        {
            DataFolder = data,
            Urls = urls,
            PublicUrl = Public(values.Text("PublicUrl"), urls),
            Storage = new()
            {
                Provider = provider,
                ConnectionString =
                    values.Text("Storage:ConnectionString")
                    ?? (
                        provider == StorageProvider.Sqlite
                            ? $"Data Source={Path.Combine(data, "usermanagement.db")}"
                            : throw new SettingsException(
                                "Storage:ConnectionString is missing: with Postgres it says how to reach the database, as in "
                                    + "\"Host=db;Database=usermanagement;Username=usermanagement;Password=...\"."
                            )
                    ),
                CommandTimeout = TimeSpan.FromSeconds(values.Number("Storage:CommandTimeout", 10, 1, 600)),
            },
            MigrateAtStart = values.Truth("Storage:MigrateAtStart", provider == StorageProvider.Sqlite),
            MasterKey = values.Text("MasterKey"),
            MasterKeyFile = values.Text("MasterKeyFile"),
            MasterKeyOther = values.Text("MasterKeyOther"),
            MasterKeyOtherFile = values.Text("MasterKeyOtherFile"),
            Mail = Mails(values, data),
            SignIn = new()
            {
                PostsPerMinute = values.Number("SignIn:PostsPerMinute", 60, 1, 1_000_000),
                LinksPerMinute = values.Number("SignIn:LinksPerMinute", 120, 1, 1_000_000),
            },
            Outbound = new()
            {
                PlatformNetworks = Networks(values, "SignIn:PlatformNetworks"),
                PlatformMayUseHttp = values.Truth("SignIn:PlatformMayUseHttp", false),
                WorkspaceNetworks = Networks(values, "SignIn:WorkspaceNetworks"),
                Timeout = TimeSpan.FromSeconds(values.Number("SignIn:ProviderTimeout", 5, 1, 60)),
                WebhooksMayUseHttp = values.Truth("Webhooks:MayUseHttp", false),
            },
            Webhooks = new()
            {
                GiveUpAfter = TimeSpan.FromHours(values.Number("Webhooks:GiveUpAfter", 24, 1, 240)),
                DisableAfter = TimeSpan.FromDays(values.Number("Webhooks:DisableAfter", 5, 1, 60)),
                MayUseHttp = values.Truth("Webhooks:MayUseHttp", false),
            },
            Retention = new()
            {
                EndedMembers = TimeSpan.FromDays(values.Number("Retention:EndedMembers", 30, 0, 36_500)),
                ClosedInvitations = TimeSpan.FromDays(values.Number("Retention:ClosedInvitations", 365, 1, 36_500)),
                UnusedAccounts = TimeSpan.FromDays(values.Number("Retention:UnusedAccounts", 30, 1, 36_500)),
                SentMessages = TimeSpan.FromDays(values.Number("Retention:SentMessages", 7, 1, 36_500)),
                DeadMessages = TimeSpan.FromDays(values.Number("Retention:DeadMessages", 30, 1, 36_500)),
                AppReceipts = TimeSpan.FromDays(values.Number("Retention:AppReceipts", 90, 1, 36_500)),
                Deliveries = TimeSpan.FromDays(values.Number("Retention:Deliveries", 30, 11, 36_500)),
            },
            AuditSealEvery = TimeSpan.FromSeconds(values.Number("Audit:SealEvery", 10, 0, 86_400)),
            AuditHeadsFile = values.Text("Audit:HeadsFile") is { } heads ? Path.GetFullPath(heads) : null,
            NameServer =
                values.Text("Dns:Server") is not { } server ? null
                : IPEndPoint.TryParse(server, out var at) ? (at.Port == 0 ? new(at.Address, 53) : at)
                : throw new SettingsException("Dns:Server is no address. Write it as 192.0.2.53 or 192.0.2.53:53."),
            Stripe = StripeOf(values),
            TrustedProxies = Networks(values, "TrustedProxies"),
            ApiRequestsPerMinute = values.Number("Api:RequestsPerMinute", 600, 1, 1_000_000),
            ApiUnknownKeysPerMinute = values.Number("Api:UnknownKeysPerMinute", 60, 1, 1_000_000),
            ScimRequestsPerSecond = values.Number("Scim:RequestsPerSecond", 500, 0, 1_000_000),
            Telemetry = TelemetryOf(values),
            ScimMaxGroupBodyMiB = values.Number("Scim:MaxGroupBodyMiB", 16, 1, 1024),
            LogLevel = values.Word("LogLevel", LogLevel.Information),
        };
    }

    private static Uri Public(string? text, List<Uri> urls)
    {
        if (urls.Count == 0)
        {
            throw new SettingsException("Urls names no address to listen on.");
        }

        var url = text is null ? urls[0] : SettingSources.Url("PublicUrl", text);
        if (text is null && (url.Host is "0.0.0.0" or "[::]" || url.Port == 0))
        {
            throw new SettingsException(
                $"PublicUrl is missing: nobody can follow a link to {url}. Say where people reach the server, as in --PublicUrl "
                    + $"https://people.example.org."
            );
        }

        return url.Scheme == Uri.UriSchemeHttps || url.IsLoopback
            ? url
            : throw new SettingsException(
                $"PublicUrl is {url}: plain http is for this machine alone. Put a reverse proxy with TLS before the server and "
                    + $"name its https address."
            );
    }

    private static MailSettings Mails(SettingSources values, string data)
    {
        var mail = new MailSettings { Folder = Path.Combine(data, "mail") };
        mail = mail with
        {
            SmtpHost = values.Text("Mail:SmtpHost"),
            SmtpPort = values.Number("Mail:SmtpPort", 587, 1, 65535),
            Tls = values.Text("Mail:Tls") is null ? null : values.Truth("Mail:Tls", false),
            StartTls = values.Truth("Mail:StartTls", true),
            AuthoritiesFile = AuthoritiesFile(values.Text("Mail:AuthoritiesFile")),
            OAuth = OAuth(values),
            User = values.Text("Mail:User"),
            Password = values.Text("Mail:Password"),
            From = values.Text("Mail:From") ?? mail.From,
            FromName = values.Text("Mail:FromName") ?? mail.FromName,
        };
        return !EmailAddress.IsValid(mail.From) ? throw new SettingsException("Mail:From is no mail address.")
            : mail.FromName.Any(char.IsControl) ? throw new SettingsException("Mail:FromName holds a control character.")
            : mail is { OAuth: not null, User: null }
                ? throw new SettingsException("Mail:User is missing: an access token speaks for a mailbox.")
            : mail.SmtpHost is not null && values.Text("Mail:From") is null
                ? throw new SettingsException("Mail:From is missing: a mail server wants a sender's address of its own domain.")
            : mail;
    }

    private static StripeSettings? StripeOf(SettingSources values)
    {
        var (key, secret) = (values.Text("Stripe:ApiKey"), values.Text("Stripe:WebhookSecret"));
        if (key is null && secret is null)
        {
            return null;
        }

        var address = values.Text("Stripe:ApiBase") is { } text ? SettingSources.Url("Stripe:ApiBase", text) : null;
        return key is null || key.Any(c => !char.IsAscii(c) || char.IsWhiteSpace(c) || char.IsControl(c))
                ? throw new SettingsException("Stripe:ApiKey is missing or holds what no key holds: it opens the billing portal.")
            : secret is null
                ? throw new SettingsException("Stripe:WebhookSecret is missing: by it events of Stripe are known to be its own.")
            : address is { IsLoopback: false } && address.Scheme != Uri.UriSchemeHttps
                ? throw new SettingsException("Stripe:ApiBase is plain http: a secret is sent there.")
            : new(key, secret)
            {
                ApiBase = address,
                SeatPrices =
                [
                    .. (values.Text("Stripe:SeatPrices") ?? "").Split(
                        ',',
                        StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
                    ),
                ],
            };
    }

    private static TelemetrySettings? TelemetryOf(SettingSources values) =>
        values.Text("Telemetry:OtlpEndpoint") is not { } text
            ? null
            : new(
                SettingSources.Url("Telemetry:OtlpEndpoint", text),
                values.Truth("Telemetry:OtlpHttp", false),
                values.Number("Telemetry:TracePercent", 10, 0, 100) / 100.0
            );

    private static string? AuthoritiesFile(string? file) =>
        file is null || File.Exists(file) ? file : throw new SettingsException($"Mail:AuthoritiesFile is {file}: there is no such file.");

    private static MailOAuth? OAuth(SettingSources values)
    {
        if (values.Text("Mail:OAuth:TokenEndpoint") is not { } text)
        {
            return null;
        }

        var endpoint = SettingSources.Url("Mail:OAuth:TokenEndpoint", text);
        return endpoint.Scheme != Uri.UriSchemeHttps && !endpoint.IsLoopback
                ? throw new SettingsException("Mail:OAuth:TokenEndpoint is plain http: a secret is sent there.")
            : values.Text("Mail:OAuth:ClientId") is not { } id ? throw new SettingsException("Mail:OAuth:ClientId is missing.")
            : values.Text("Mail:OAuth:ClientSecret") is not { } secret ? throw new SettingsException("Mail:OAuth:ClientSecret is missing.")
            : new MailOAuth(endpoint, id, secret, values.Text("Mail:OAuth:Scope"));
    }

    private static IReadOnlyList<IPNetwork> Networks(SettingSources values, string name) =>
        [
            .. (values.Text(name) ?? "")
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(text => Network(name, text)),
        ];

    private static IPNetwork Network(string name, string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw new SettingsException(
            string.Create(CultureInfo.InvariantCulture, $"{name}: {text} is neither an address nor a network like 10.0.0.0/8.")
        );
}
