using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Workspaces;

/// <summary>Parts of a configuration; what is absent stays.</summary>
internal sealed record ConfigurationPatch
{
    /// <summary>The workspace's words for things.</summary>
    public Terms? Terms { get; init; }

    /// <summary>The role catalogue, whole.</summary>
    public IReadOnlyList<Role>? Roles { get; init; }

    /// <summary>The license types, whole.</summary>
    public IReadOnlyList<LicenseType>? Licenses { get; init; }

    /// <summary>Which permissions ask for a feature of the license, whole.</summary>
    public IReadOnlyList<FeatureRule>? FeatureRules { get; init; }

    /// <summary>How people come in.</summary>
    public JoinRules? Join { get; init; }

    /// <summary>What is limited, and what happens at the limit.</summary>
    public CapacityRules? Capacity { get; init; }

    /// <summary>Invitations.</summary>
    public InvitationRules? Invitations { get; init; }

    /// <summary>Signing in.</summary>
    public SignInRules? SignIn { get; init; }

    /// <summary>What the member list shows.</summary>
    public MemberListRules? MemberList { get; init; }

    /// <summary>The SCIM door.</summary>
    public ScimRules? Scim { get; init; }

    /// <summary>Hints to admins.</summary>
    public AdviceRules? Advice { get; init; }

    /// <summary>
    /// A configuration with a patch over it (RFC 7396), read as strictly as a whole one; or what is wrong with what comes of it.
    /// </summary>
    public static (WorkspaceConfiguration? Configuration, Refusal? Wrong) Over(WorkspaceConfiguration now, byte[] patch)
    {
        var merged = Merge(JsonSerializer.SerializeToNode(now, ApiJson.Options), JsonNode.Parse(Bare(patch)))!;
        var element = JsonSerializer.SerializeToElement(merged);
        return BodyShape.Check(element, typeof(WorkspaceConfiguration)) is { } wrong
            ? (null, wrong)
            : (element.Deserialize<WorkspaceConfiguration>(ApiJson.Options), null);
    }

    private static ReadOnlySpan<byte> Bare(byte[] bytes) => bytes.AsSpan().StartsWith("\ufeff"u8) ? bytes.AsSpan(3) : bytes;

    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var merged = target as JsonObject ?? [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                merged.Remove(name);
            }
            else
            {
                merged[name] = Merge(merged[name]?.DeepClone(), value);
            }
        }

        return merged;
    }
}
