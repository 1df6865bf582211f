namespace UserManagement.Membership.Workspaces;

/// <summary>
/// A workspace's logo. In a table of its own, for the workspace's row is read at every request and this at hardly any: its address holds a
/// digest, so browsers keep it for ever.
/// </summary>
public sealed record WorkspaceLogo
{
    /// <summary>The most bytes that one may have.</summary>
    public const int MostBytes = 200 * 1024;

    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its file name, as in <see cref="Workspace.Logo"/>: a digest and what it is.</summary>
    public required string Name { get; init; }

    /// <summary>The picture.</summary>
    public required byte[] Content { get; init; }

    /// <summary>Its media type, of what it really is.</summary>
    public string MediaType => LogoImage.MediaTypeOf(Name);

    /// <summary>The refusal of a picture of more than <see cref="MostBytes"/>.</summary>
    public static Refusal TooLarge() => Refusal.Invalid("logo", $"A logo has at most {MostBytes / 1024} KB.");
}
