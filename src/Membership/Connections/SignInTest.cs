using System.Text.Json;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// A sign-in by which an admin tries a policy before it is enforced: it signs nobody in and changes nobody. Once it
/// passed it is the proof, for half an hour, that somebody who administers the workspace gets in under that policy.
/// </summary>
public sealed record SignInTest
{
    /// <summary>How long it may take, and how long a passed one is a proof.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id; it stands in addresses and opens nothing for anybody but who began it.</summary>
    public required Id<SignInTest> Id { get; init; }

    /// <summary>Who tries; the empty id where it is the holder of a link to the set-up portal, who has no account.</summary>
    public required Id<Account> AccountId { get; init; }

    /// <summary>The link to the set-up portal whose holder tries what they connected; null for an admin.</summary>
    public Id<PortalLink>? PortalLinkId { get; init; }

    /// <summary>The connection through which.</summary>
    public required Id<IdentityConnection> ConnectionId { get; init; }

    /// <summary>That connection's version when it began; a later one proves nothing.</summary>
    public required long ConnectionVersion { get; init; }

    /// <summary>The <see cref="SignInRules"/> that are tried, in their stored form.</summary>
    public required string Rules { get; init; }

    /// <summary>When it ends: not answered by then it is void, passed it proves nothing any more.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>When the provider's answer came; null before.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>Whether the person who tries would get in; false before the answer.</summary>
    public bool Passed { get; init; }

    /// <summary>What came of it as a document, see <see cref="SignInTestResult"/>; null before the answer.</summary>
    public string? Outcome { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long Version { get; init; }

    /// <summary>The rules that are tried.</summary>
    public SignInRules Draft => JsonSerializer.Deserialize<SignInRules>(Rules, WorkspaceConfiguration.Json)!;

    /// <summary>What came of it; null before the answer.</summary>
    public SignInTestResult? Result =>
        Outcome is null ? null : JsonSerializer.Deserialize<SignInTestResult>(Outcome, WorkspaceConfiguration.Json);

    /// <summary>The stored form of rules: equal rules, equal text.</summary>
    public static string Text(SignInRules rules) => JsonSerializer.Serialize(rules, WorkspaceConfiguration.Json);
}

/// <summary>What a provider said in a test, as far as the policy asks for it, and what follows.</summary>
public sealed record SignInTestResult
{
    /// <summary>Why the person would not get in, as code and sentence; null when they would.</summary>
    public string? Code { get; init; }

    /// <summary>The sentence; null when they would get in.</summary>
    public string? Message { get; init; }

    /// <summary>The issuer; null when the provider's answer was not accepted at all, as all below.</summary>
    public string? Issuer { get; init; }

    /// <summary>The user-name claim; null when there was none.</summary>
    public string? UserName { get; init; }

    /// <summary>Entra's tenant; null for others.</summary>
    public string? TenantId { get; init; }

    /// <summary>Google's hosted domain; null for others and for consumer accounts.</summary>
    public string? HostedDomain { get; init; }

    /// <summary>How the person authenticated there (<c>amr</c>, RFC 8176); empty when the provider does not say.</summary>
    public IReadOnlyList<string> AuthenticationMethods { get; init; } = [];

    /// <summary>The stored form.</summary>
    public string Write() => JsonSerializer.Serialize(this, WorkspaceConfiguration.Json);
}
