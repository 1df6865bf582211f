namespace UserManagement.Host.Settings;

/// <summary>One setting, as the command line, the environment and the help name it.</summary>
/// <param name="Name">With colons: <c>Storage:Provider</c>.</param>
/// <param name="Value">What stands for its value in the help.</param>
/// <param name="Meaning">One line for the help.</param>
public sealed record SettingName(string Name, string Value, string Meaning)
{
    /// <summary>On the command line; the two that everybody types are short.</summary>
    public string Option => Name is "Data" or "Urls" ? "--" + Name.ToLowerInvariant() : "--" + Name;

    /// <summary>In the environment.</summary>
    public string Variable => SettingNames.Prefix + Name.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant();
}

/// <summary>All settings there are: a name that is not here is a typing error and refused.</summary>
public static class SettingNames
{
    /// <summary>What environment variables begin with.</summary>
    public const string Prefix = "USERMANAGEMENT_";

    /// <summary>In the order of the help.</summary>
    public static IReadOnlyList<SettingName> All { get; } =
    [
        new("Data", "DIR", "Where the database, the keys and mail files lie. Default: data"),
        new("Urls", "URL", "Where to listen. Default: http://localhost:5080"),
        new("PublicUrl", "URL", "Where people reach the server, for every link. Default: the URL it listens on"),
        new("Storage:Provider", "Sqlite|Postgres", "Which database. Default: Sqlite"),
        new("Storage:ConnectionString", "TEXT", "How to reach it. Default for Sqlite: a file in the data folder"),
        new("Storage:CommandTimeout", "SECONDS", "After how long a statement is given up. Default: 10"),
        new("Storage:MigrateAtStart", "true|false", "Whether `serve` migrates by itself. Default: true for Sqlite, false for Postgres"),
        new("MasterKey", "BASE64", "At least 32 bytes that seal secrets. Postgres needs one; give it as an environment variable"),
        new("MasterKeyFile", "FILE", "A file that holds it instead"),
        new("MasterKeyOther", "BASE64", "While master keys are changed: one that opens what it sealed, and seals nothing (`key rotate`)"),
        new("MasterKeyOtherFile", "FILE", "A file that holds it instead"),
        new("Mail:SmtpHost", "HOST", "The mail server. Default: none, mails are written to DIR/mail as .eml files"),
        new("Mail:SmtpPort", "PORT", "Its port. Default: 587"),
        new("Mail:Tls", "true|false", "Whether the line to it is encrypted from the first byte. Default: true on port 465"),
        new("Mail:StartTls", "true|false", "Whether the line must be encrypted by STARTTLS otherwise. Default: true"),
        new("Mail:AuthoritiesFile", "FILE", "A PEM file of certificate authorities of your own for it. Default: the machine's alone"),
        new("Mail:User", "NAME", "Who signs in there. Default: nobody"),
        new("Mail:Password", "TEXT", "With which password; give it as an environment variable"),
        new(
            "Mail:OAuth:TokenEndpoint",
            "URL",
            "Where access tokens for the user's mailbox come from (XOAUTH2, client credentials) instead of a password"
        ),
        new("Mail:OAuth:ClientId", "TEXT", "The client's id there"),
        new("Mail:OAuth:ClientSecret", "TEXT", "Its secret; give it as an environment variable"),
        new("Mail:OAuth:Scope", "TEXT", "What it asks for, as https://outlook.office365.com/.default. Default: nothing"),
        new("Mail:From", "ADDRESS", "The sender's address"),
        new("Mail:FromName", "TEXT", "The sender's name. Default: UserManagement"),
        new("SignIn:PostsPerMinute", "N", "How many sign-in forms one address may send in a minute. Default: 60"),
        new("SignIn:LinksPerMinute", "N", "How many links with a secret, and sign-ins at providers, it may open in a minute. Default: 120"),
        new("SignIn:ProviderTimeout", "SECONDS", "After how long a request to an identity provider is given up. Default: 5"),
        new(
            "SignIn:PlatformNetworks",
            "NETWORK,...",
            "Private networks in which the installation's own identity providers may be dialled. Default: public addresses alone"
        ),
        new("SignIn:PlatformMayUseHttp", "true|false", "Whether those may be dialled over plain http. For trying out. Default: false"),
        new(
            "SignIn:WorkspaceNetworks",
            "NETWORK,...",
            "Private networks in which providers that workspaces connect may be dialled: every workspace's admins reach into "
                + "them. Default: none"
        ),
        new("Webhooks:GiveUpAfter", "HOURS", "How long the delivery of an event to an endpoint is tried. Default: 24"),
        new("Webhooks:DisableAfter", "DAYS", "After how long without a delivery an endpoint is turned off. Default: 5"),
        new("Webhooks:MayUseHttp", "true|false", "Whether endpoints may speak plain http. For a network of one's own. Default: false"),
        new(
            "Api:RequestsPerMinute",
            "NUMBER",
            "How many REST requests one key or person may send in a minute, on each instance. Default: 600"
        ),
        new(
            "Api:UnknownKeysPerMinute",
            "NUMBER",
            "How many unknown REST keys one remote address may show in a minute, on each instance. Default: 60"
        ),
        new(
            "Scim:RequestsPerSecond",
            "NUMBER",
            "How many SCIM requests a second one token may send to one server; 0 for no limit. Default: 500"
        ),
        new(
            "Scim:MaxGroupBodyMiB",
            "NUMBER",
            "The largest SCIM group that may be sent with its members, in MiB. Default: 16, some 70,000 members"
        ),
        new(
            "Retention:EndedMembers",
            "DAYS",
            "After how many days the data of somebody whose membership ended is erased; 0 for within the hour. Default: 30"
        ),
        new("Retention:ClosedInvitations", "DAYS", "For how many days accepted and revoked invitations are kept. Default: 365"),
        new(
            "Retention:UnusedAccounts",
            "DAYS",
            "For how many days an account is kept by which nobody became a member and nobody signs in. Default: 30"
        ),
        new("Retention:Deliveries", "DAYS", "For how many days events and their deliveries to endpoints are kept. Default: 30"),
        new("Retention:SentMessages", "DAYS", "For how many days the record of a mail that was sent is kept. Default: 7"),
        new(
            "Retention:DeadMessages",
            "DAYS",
            "For how many days a mail that was given up is kept, to be sent again with `outbox retry`. Default: 30"
        ),
        new(
            "Retention:AppReceipts",
            "DAYS",
            "For how many days it is kept when apps lost their access to a person, and when each acknowledged it. Default: 90"
        ),
        new("Audit:SealEvery", "SECONDS", "How often the audit logs are chained and signed; 0 for never by this server. Default: 10"),
        new(
            "Audit:HeadsFile",
            "FILE",
            "Where each new signed head of an audit log is added, to be kept apart from the server. Default: nowhere"
        ),
        new("Dns:Server", "ADDRESS[:PORT]", "The name server that is asked whether a domain is proven. Default: those of this machine"),
        new("Stripe:ApiKey", "TEXT", "Stripe's key, for the billing portal; give it as an environment variable. Default: no billing"),
        new("Stripe:WebhookSecret", "TEXT", "The signing secret of the webhook PUBLICURL/billing/stripe; likewise"),
        new("Stripe:SeatPrices", "PRICE,...", "The prices that are seats. Default: all items of a subscription"),
        new("Stripe:ApiBase", "URL", "Where its API is. Default: Stripe's own"),
        new(
            "TrustedProxies",
            "ADDRESS,...",
            "Reverse proxies (addresses or networks like 10.0.0.0/8) whose X-Forwarded-For and -Proto are believed"
        ),
        new("Telemetry:OtlpEndpoint", "URL", "Where traces and metrics go by OTLP, as http://localhost:4317. Default: nowhere"),
        new("Telemetry:OtlpHttp", "true|false", "Whether by HTTP with protobuf instead of gRPC. Default: false"),
        new("Telemetry:TracePercent", "NUMBER", "How many of a hundred requests are traced. Default: 10"),
        new("LogLevel", "LEVEL", "Trace, Debug, Information, Warning, Error. Default: Information"),
    ];

    /// <summary>The setting of this name, letter case ignored; null when there is none.</summary>
    public static SettingName? Find(string name) => All.FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
