using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Workspaces;

/// <summary>Whom members ask about AI.</summary>
internal sealed record CoordinatorJson
{
    /// <summary>The person; null for nobody.</summary>
    public required CoordinatorPersonJson? Coordinator { get; init; }

    /// <summary>Of a workspace.</summary>
    public static CoordinatorJson Of(Workspace workspace) =>
        new()
        {
            Coordinator = AiCoordinator.Of(workspace) is { } known
                ? new()
                {
                    Name = known.Name,
                    Email = known.Email,
                    Phone = known.Phone,
                    Notes = known.Notes,
                }
                : null,
        };
}

/// <summary>The person.</summary>
internal sealed record CoordinatorPersonJson
{
    /// <summary>Their name.</summary>
    public required string Name { get; init; }

    /// <summary>Their address; null for none.</summary>
    public string? Email { get; init; }

    /// <summary>Their telephone number; null for none.</summary>
    public string? Phone { get; init; }

    /// <summary>What else members should know; null for nothing.</summary>
    public string? Notes { get; init; }
}
