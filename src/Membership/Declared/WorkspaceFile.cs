using System.Text.Json;
using System.Text.Json.Serialization;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Declared;

/// <summary>
/// What of a workspace is declared in a file, to be kept under version control and applied again: never people, never a secret. What is
/// null is left alone; what is there and not in the file stays. Each part is read and applied by its <see cref="IDeclaredPart"/>: a new
/// part is a property here and one of those.
/// </summary>
public sealed record WorkspaceFile
{
    /// <summary>The version of the format.</summary>
    public const string FormatName = "usermanagement-workspace-1";

    /// <summary>Must be <see cref="FormatName"/>.</summary>
    [JsonPropertyOrder(-3)]
    public required string Format { get; init; }

    /// <summary>The workspace's slug. One that is not there is made.</summary>
    [JsonPropertyOrder(-2)]
    public required string Workspace { get; init; }

    /// <summary>The name that people see; null to leave it alone, and for the slug where the workspace is made.</summary>
    [JsonPropertyOrder(-1)]
    public string? Name { get; init; }

    /// <summary>The whole configuration, with its roles.</summary>
    public WorkspaceConfiguration? Configuration { get; init; }

    /// <summary>The groups that admins made; those of a directory are the directory's.</summary>
    public IReadOnlyList<DeclaredGroup>? Groups { get; init; }

    /// <summary>The group rules in their order.</summary>
    public IReadOnlyList<DeclaredRule>? Rules { get; init; }

    /// <summary>The workspace's own sign-in connections.</summary>
    public IReadOnlyList<DeclaredConnection>? Connections { get; init; }

    /// <summary>The e-mail domains that it claims.</summary>
    public IReadOnlyList<DeclaredDomain>? Domains { get; init; }

    private static JsonSerializerOptions Strict { get; } =
        new(WorkspaceConfiguration.Strict) { WriteIndented = true, RespectNullableAnnotations = true };

    /// <summary>Reads one, strictly: what it does not know is a typing error. The refusal's field is the path in the file.</summary>
    public static Outcome<WorkspaceFile> Read(string json)
    {
        try
        {
            var file = JsonSerializer.Deserialize<WorkspaceFile>(json, Strict);
            return file is null ? Wrong("$", "The file is empty.")
                : file.Format != FormatName ? Wrong("format", $"The format must be {FormatName}.")
                : Holes(file) is { } hole ? Wrong(hole, "An entry is missing.")
                : file;
        }
        catch (JsonException e)
        {
            var path = e.Path is { Length: > 2 } at ? at[2..] : "$";
            return Wrong(path, $"It cannot be read there (line {(e.LineNumber ?? 0) + 1}): no such property, or no value that fits.");
        }
    }

    /// <summary>As text.</summary>
    public string Write() => JsonSerializer.Serialize(this, Strict) + "\n";

    private static string? Holes(WorkspaceFile file) =>
        file.Groups?.Contains(null!) == true ? "groups"
        : file.Rules?.Any(r => r?.Groups.Contains(null!) != false) == true ? "rules"
        : file.Connections?.Contains(null!) == true ? "connections"
        : file.Domains?.Contains(null!) == true ? "domains"
        : null;

    private static Refusal Wrong(string path, string why) => new(RefusalKind.Invalid, "invalidFile", why, path);
}

/// <summary>A group; found by its name.</summary>
public sealed record DeclaredGroup
{
    /// <summary>The name that people see.</summary>
    public required string Name { get; init; }
}

/// <summary>A group rule; found by its name.</summary>
public sealed record DeclaredRule
{
    /// <summary>The name that people see.</summary>
    public required string Name { get; init; }

    /// <summary>What it asks.</summary>
    public required RuleAsks Asks { get; init; }

    /// <summary>The name of the workspace's own attribute that it asks for; null where it asks for something else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Attribute { get; init; }

    /// <summary>The value that it asks for; of a group its name.</summary>
    public required string Value { get; init; }

    /// <summary>The key of the role that it gives; null for none.</summary>
    public string? Role { get; init; }

    /// <summary>The key of the license that it gives; null for none.</summary>
    public string? License { get; init; }

    /// <summary>The names of the groups that it fills.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}

/// <summary>A sign-in connection without its secret; found by kind, issuer and client id.</summary>
public sealed record DeclaredConnection
{
    /// <summary>Whose rules it follows.</summary>
    public required ConnectionKind Kind { get; init; }

    /// <summary>The name on the button.</summary>
    public required string Name { get; init; }

    /// <summary>The issuer, letter by letter.</summary>
    public required string Authority { get; init; }

    /// <summary>The client id that the provider gave.</summary>
    public required string ClientId { get; init; }

    /// <summary>How the server authenticates at the token endpoint.</summary>
    public ClientAuthentication ClientAuthentication { get; init; }

    /// <summary>
    /// The environment variable that holds the client's secret or key where the connection is made; null needs one only for one that is
    /// not there.
    /// </summary>
    public string? CredentialVariable { get; init; }

    /// <summary>The key's id at the provider; null for none.</summary>
    public string? KeyId { get; init; }

    /// <summary>Entra tenants by id; empty for any.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    /// <summary>Google domains; empty for any account.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>See <see cref="IdentityConnection.Scopes"/>; null for the usual ones.</summary>
    public string? Scopes { get; init; }

    /// <summary>See <see cref="IdentityConnection.AllowPersonalAccounts"/>.</summary>
    public bool AllowPersonalAccounts { get; init; }

    /// <summary>See <see cref="IdentityConnection.AllowGuests"/>.</summary>
    public bool AllowGuests { get; init; }

    /// <summary>See <see cref="IdentityConnection.UnknownMayJoin"/>.</summary>
    public bool UnknownMayJoin { get; init; }

    /// <summary>See <see cref="IdentityConnection.TrustsUserNames"/>.</summary>
    public bool TrustsUserNames { get; init; }

    /// <summary>See <see cref="IdentityConnection.SubjectIsExternalId"/>.</summary>
    public bool SubjectIsExternalId { get; init; }

    /// <summary>See <see cref="IdentityConnection.ReadUserInfo"/>.</summary>
    public bool ReadUserInfo { get; init; }

    /// <summary>Whether it may be used.</summary>
    public bool Enabled { get; init; } = true;
}

/// <summary>An e-mail domain; found by its name. Its proof is no part of the file.</summary>
public sealed record DeclaredDomain
{
    /// <summary>The domain.</summary>
    public required string Name { get; init; }

    /// <summary>What an address of it opens; more than nothing once it is proven.</summary>
    public DomainJoin Join { get; init; }

    /// <summary>The key of the role of whoever joins so; null for that of newcomers.</summary>
    public string? Role { get; init; }
}
