using System.Globalization;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Workspaces;

namespace UserManagement.AdminUi.SignInPages;

/// <summary>What the form of the sign-in policy holds, as it was typed.</summary>
public sealed record PolicyForm
{
    /// <summary>The version of the workspace on which the form is based.</summary>
    public string Version { get; init; } = "";

    /// <summary>Whether people may have a password here.</summary>
    public bool LocalPassword { get; init; }

    /// <summary>Whether all of the installation's connections are taken, also those to come.</summary>
    public bool AllConnections { get; init; }

    /// <summary>Those that are taken otherwise.</summary>
    public IReadOnlyList<Guid> Connections { get; init; } = [];

    /// <summary>Entra tenants, one a line.</summary>
    public string Tenants { get; init; } = "";

    /// <summary>Google domains, one a line.</summary>
    public string Domains { get; init; } = "";

    /// <summary>Whether somebody unknown whom the lists admit joins.</summary>
    public bool UnknownMayJoin { get; init; }

    /// <summary>The role they get; empty for the role of newcomers.</summary>
    public string JoinRole { get; init; } = "";

    /// <summary>The second factor's policy.</summary>
    public MfaPolicy Mfa { get; init; }

    /// <summary>Whether a provider's own second factor counts.</summary>
    public bool MfaCountsProvider { get; init; }

    /// <summary>The policy as it is.</summary>
    public static PolicyForm Of(WorkspaceContext workspace)
    {
        var rules = workspace.Configuration.SignIn;
        return new()
        {
            Version = workspace.Row.Version.ToString(CultureInfo.InvariantCulture),
            LocalPassword = rules.LocalPassword,
            AllConnections = rules.Connections is null,
            Connections = rules.Connections ?? [],
            Tenants = string.Join('\n', rules.Tenants),
            Domains = string.Join('\n', rules.Domains),
            UnknownMayJoin = rules.UnknownMayJoin,
            JoinRole = rules.JoinRole ?? "",
            Mfa = rules.Mfa,
            MfaCountsProvider = rules.MfaCountsProvider,
        };
    }

    /// <summary>What was posted.</summary>
    public static PolicyForm Read(Visit visit) =>
        new()
        {
            Version = visit.Field("version"),
            LocalPassword = visit.Field("passwords") != "off",
            AllConnections = visit.Field("connections") != "some",
            Connections =
            [
                .. visit
                    .Form["connection"]
                    .Select(c => Guid.TryParseExact(c, "D", out var id) ? id : Guid.Empty)
                    .Where(id => id != Guid.Empty)
                    .Take(200),
            ],
            Tenants = visit.Field("tenants"),
            Domains = visit.Field("domains"),
            UnknownMayJoin = visit.Ticked("unknownMayJoin"),
            JoinRole = visit.Field("joinRole"),
            Mfa = visit.Field("mfa") switch
            {
                "required" => MfaPolicy.Required,
                "optional" => MfaPolicy.Optional,
                _ => MfaPolicy.Off,
            },
            MfaCountsProvider = visit.Ticked("mfaCountsProvider"),
        };

    /// <summary>The rules with what was typed; whether they are right is the core's to say.</summary>
    public SignInRules Over(SignInRules rules) =>
        rules with
        {
            LocalPassword = LocalPassword,
            Connections = AllConnections ? null : Connections,
            Tenants = Lines(Tenants),
            Domains = Lines(Domains),
            UnknownMayJoin = UnknownMayJoin,
            JoinRole = JoinRole.Length == 0 ? null : JoinRole,
            Mfa = Mfa,
            MfaCountsProvider = MfaCountsProvider,
        };

    /// <summary>The entries of a list as people type them: by lines, blanks or commas, an @ before a domain left out.</summary>
    internal static IReadOnlyList<string> Lines(string text) =>
        [
            .. text.Split(['\n', '\r', ',', ';', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(l => Plain(l.TrimStart('@')))
                .Distinct()
                .Take(500),
        ];

    private static string Plain(string entry) =>
        Guid.TryParseExact(entry, "D", out _) ? entry.ToLowerInvariant() : EmailAddress.Domain("@" + entry) ?? entry;
}
