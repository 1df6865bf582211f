using System.Text.Json;

namespace UserManagement.Membership.Workspaces;

/// <summary>Whom the members of a workspace ask about its AI: shown to all of them, whatever their role.</summary>
/// <param name="Name">Their name.</param>
/// <param name="Email">Their address; null for none.</param>
/// <param name="Phone">Their telephone number, as people write it; null for none.</param>
/// <param name="Notes">What else members should know; null for nothing.</param>
public sealed record AiCoordinator(string Name, string? Email, string? Phone, string? Notes)
{
    /// <summary>The coordinator of a workspace; null for none.</summary>
    public static AiCoordinator? Of(Workspace workspace) =>
        workspace.AiCoordinator is { } stored ? JsonSerializer.Deserialize<AiCoordinator>(stored, JsonSerializerOptions.Web) : null;
}
