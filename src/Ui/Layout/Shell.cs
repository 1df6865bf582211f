namespace UserManagement.Ui.Layout;

/// <summary>All that <see cref="AppLayout"/> shows around a page; made once per request by the door.</summary>
/// <param name="Nav">Items of the side navigation, in order.</param>
/// <param name="UserName">Display name of the signed-in person; encoded when rendered.</param>
/// <param name="UserDetail">Second line of the user menu, such as the sign-in name or the role; null leaves it out.</param>
/// <param name="SignOutAction">Path the sign-out form posts to.</param>
public sealed record Shell(IReadOnlyList<NavItem> Nav, string UserName, string? UserDetail, string SignOutAction)
{
    /// <summary>What the colour of the person's picture is drawn from: the id that lists of people take; null takes the name.</summary>
    public string? UserSeed { get; init; }

    /// <summary>Name of the workspace in view; null on pages outside any workspace.</summary>
    public string? WorkspaceName { get; init; }

    /// <summary>Workspaces the person may switch to, the current one included; the menu shows from two on.</summary>
    public IReadOnlyList<WorkspaceChoice> Workspaces { get; init; } = [];

    /// <summary>Further links of the user menu, above sign-out, such as "Your profile".</summary>
    public IReadOnlyList<NavItem> UserLinks { get; init; } = [];

    /// <summary>
    /// True for the person's own name with that menu at the foot of the side, where there is room for it; else in the top bar alone.
    /// </summary>
    public bool OwnMenuAtFoot { get; init; }

    /// <summary>
    /// Where the command key asks for people, answered as a list of name, detail and href; null where it finds pages alone.
    /// </summary>
    public string? FindHref { get; init; }

    /// <summary>Address of the workspace's logo; null draws its initials.</summary>
    public string? LogoHref { get; init; }

    /// <summary>Where the wordmark leads.</summary>
    public string HomeHref { get; init; } = "/";
}

/// <summary>One link of a navigation.</summary>
/// <param name="Label">Text of the link.</param>
/// <param name="Href">Path on this site.</param>
/// <param name="Icon">Picture before the text; null for none.</param>
/// <param name="Current">True for the page in view (sets aria-current).</param>
/// <param name="Badge">Short text at the end, such as a count; null for none.</param>
public sealed record NavItem(string Label, string Href, Parts.IconName? Icon = null, bool Current = false, string? Badge = null)
{
    /// <summary>Heading of the group the item stands under; equal neighbours share one. Null for none.</summary>
    public string? Group { get; init; }
}

/// <summary>One line of the workspace menu.</summary>
/// <param name="Name">Display name of the workspace.</param>
/// <param name="Href">Path that leads into it.</param>
/// <param name="Detail">Second line, such as the person's role there; null for none.</param>
/// <param name="Current">True for the workspace in view.</param>
public sealed record WorkspaceChoice(string Name, string Href, string? Detail = null, bool Current = false);

/// <summary>A sentence carried over a redirect and shown once above the page.</summary>
/// <param name="Tone">Its colour; Danger and Warning are announced at once.</param>
/// <param name="Text">Plain text; encoded when rendered.</param>
public sealed record Flash(Tone Tone, string Text);
