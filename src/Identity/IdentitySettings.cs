namespace UserManagement.Identity;

/// <summary>What the operator may set about signing in.</summary>
public sealed record IdentitySettings
{
    /// <summary>How many forms one remote address may post to the sign-in pages in a minute; as many at once.</summary>
    public int PostsPerMinute { get; init; } = 60;

    /// <summary>How many links with a secret one remote address may open in a minute; as many at once.</summary>
    public int LinksPerMinute { get; init; } = 120;
}
