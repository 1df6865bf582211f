using System.Globalization;
using System.Security.Cryptography;
using UserManagement.Simulator.Entra;
using UserManagement.Simulator.Mishaps;
using UserManagement.Simulator.Okta;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Commands;

/// <summary>The command line of <c>simulate</c>, read and checked.</summary>
public sealed record SimulateOptions
{
    /// <summary>SCIM base address.</summary>
    public required Uri Url { get; init; }

    /// <summary>Bearer token; empty where <see cref="TokenUrl"/> gives them.</summary>
    public required string Token { get; init; }

    /// <summary>The token endpoint; null where a token is given.</summary>
    public Uri? TokenUrl { get; init; }

    /// <summary>The client that gets tokens there.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Its secret.</summary>
    public string ClientSecret { get; init; } = "";

    /// <summary>People to invent.</summary>
    public int Users { get; init; } = 200;

    /// <summary>Groups to invent.</summary>
    public int Groups { get; init; } = 20;

    /// <summary>PATCH dialect.</summary>
    public EntraDialect Dialect { get; init; } = EntraDialect.Legacy;

    /// <summary>Kind of the Okta app.</summary>
    public OktaApp App { get; init; } = OktaApp.Catalog;

    /// <summary>Seed of everything invented.</summary>
    public int Seed { get; init; }

    /// <summary>Requests in flight at most.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>Domain of the sign-in names.</summary>
    public string Domain { get; init; } = "contoso.example";

    /// <summary>Initial cycle plus incremental ones.</summary>
    public int Cycles { get; init; } = 2;

    /// <summary>Ledger to write or check; null for none.</summary>
    public string? Ledger { get; init; }

    /// <summary>File for the report as JSON; null for none.</summary>
    public string? Json { get; init; }

    /// <summary>True leaves colours out.</summary>
    public bool NoColor { get; init; }

    /// <summary>True leaves deletions out.</summary>
    public bool Keep { get; init; }

    /// <summary>What goes wrong.</summary>
    public MishapPlan Played { get; init; } = MishapPlan.None;

    /// <summary>When a request is sent again; no option of the command line.</summary>
    public RetryRule Retry { get; init; } = RetryRule.Standard;

    /// <summary>Reads the options.</summary>
    /// <param name="args">What follows the verb.</param>
    /// <param name="allowed">Names that the verb knows.</param>
    /// <returns>The options, or a sentence saying what is wrong with them.</returns>
    public static (SimulateOptions? Options, string? Wrong) Read(IReadOnlyList<string> args, IReadOnlySet<string> allowed)
    {
        var given = new Dictionary<string, string>();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var n, var v] ? (n, v) : (args[i], null);
            if (!allowed.Contains(name))
            {
                return (null, $"{name} is not an option here.");
            }

            var isSwitch = name is "--keep" or "--no-color" or "--go-on";
            value ??=
                isSwitch ? ""
                : i + 1 < args.Count ? args[++i]
                : null;
            if (value is null)
            {
                return (null, $"{name} needs a value.");
            }

            given[name] = value;
        }

        return Check(given);
    }

    /// <summary>What gets tokens; null where one is given.</summary>
    public TokenLogin? Login() => TokenUrl is null ? null : new(TokenUrl, ClientId, ClientSecret);

    private static ((Uri Url, string Id, string Secret)? Login, string? Wrong) LoginOf(Dictionary<string, string> given)
    {
        string[] names = ["--token-url", "--client-id", "--client-secret"];
        if (!names.Any(given.ContainsKey))
        {
            return (null, null);
        }

        var secret = given.GetValueOrDefault("--client-secret") ?? Environment.GetEnvironmentVariable("SCIM_CLIENT_SECRET");
        return given.ContainsKey("--token") ? (null, "--token and --token-url are two ways in: give one.")
            : !Uri.TryCreate(given.GetValueOrDefault("--token-url"), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")
                ? (null, "--token-url must be the token endpoint, beginning with http:// or https://.")
            : given.GetValueOrDefault("--client-id") is not { Length: > 0 } id || string.IsNullOrEmpty(secret)
                ? (null, "--token-url needs --client-id and --client-secret (or the environment variable SCIM_CLIENT_SECRET).")
            : ((url, id, secret), null);
    }

    private static (SimulateOptions? Options, string? Wrong) Check(Dictionary<string, string> given)
    {
        if (!Uri.TryCreate(given.GetValueOrDefault("--url"), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            return (null, "--url must be the SCIM base address, beginning with http:// or https://.");
        }

        var (login, half) = LoginOf(given);
        if (half is not null)
        {
            return (null, half);
        }

        var token = login is not null ? "" : given.GetValueOrDefault("--token") ?? Environment.GetEnvironmentVariable("SCIM_TOKEN");
        if (login is null && (string.IsNullOrWhiteSpace(token) || token.Any(c => c is < '!' or > '~')))
        {
            return (null, "--token (or the environment variable SCIM_TOKEN) must be the bearer token: ASCII without blanks.");
        }

        // the flag on the address works here as it does in Entra
        var flagged = url.Query.Contains("aadOptscim062020", StringComparison.OrdinalIgnoreCase);
        EntraDialect? dialect = given.GetValueOrDefault("--dialect", flagged ? "scim" : "legacy") switch
        {
            "legacy" => EntraDialect.Legacy,
            "scim" => EntraDialect.Scim,
            _ => null,
        };
        if (dialect is null)
        {
            return (null, "--dialect is legacy or scim.");
        }

        OktaApp? app = given.GetValueOrDefault("--app", "catalog") switch
        {
            "catalog" => OktaApp.Catalog,
            "custom" => OktaApp.Custom,
            _ => null,
        };
        if (app is null)
        {
            return (null, "--app is catalog or custom.");
        }

        var scenario = given.GetValueOrDefault("--scenario");
        var mishap = Mishap.None;
        if (scenario is not null && !MishapPlan.Names.TryGetValue(scenario, out mishap))
        {
            return (null, $"--scenario is one of {string.Join(", ", MishapPlan.Names.Keys)}.");
        }

        if (scenario is null && (given.ContainsKey("--go-on") || given.ContainsKey("--share")))
        {
            return (null, "--go-on and --share belong to a --scenario.");
        }

        string? wrong = null;
        int Number(string name, int otherwise, int least, int most)
        {
            if (!given.TryGetValue(name, out var text))
            {
                return otherwise;
            }

            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            {
                return number;
            }

            wrong ??= $"{name} must be a whole number from {least} to {most}.";
            return otherwise;
        }

        var domain = given.GetValueOrDefault("--domain", "contoso.example");
        if (Uri.CheckHostName(domain) != UriHostNameType.Dns)
        {
            wrong = "--domain must be a domain name such as contoso.example.";
        }

        var options = new SimulateOptions
        {
            Url = url,
            Token = token!,
            TokenUrl = login?.Url,
            ClientId = login?.Id ?? "",
            ClientSecret = login?.Secret ?? "",
            Users = Number("--users", 200, 1, 200_000),
            Groups = Number("--groups", 20, 0, 20_000),
            Dialect = dialect.Value,
            App = app.Value,
            Seed = Number("--seed", RandomNumberGenerator.GetInt32(1, 1_000_000), 0, int.MaxValue),
            Parallel = Number("--parallel", 4, 1, 64),
            Domain = domain,
            Cycles = Number("--cycles", 2, 1, 50),
            Ledger = given.GetValueOrDefault("--ledger"),
            Json = given.GetValueOrDefault("--json"),
            NoColor = given.ContainsKey("--no-color"),
            Keep = given.ContainsKey("--keep"),
            Played = new(mishap, Number("--share", 30, 1, 100), given.ContainsKey("--go-on")),
        };
        return wrong is null ? (options, null) : (null, wrong);
    }
}
