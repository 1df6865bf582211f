using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity.SignIn;

/// <summary>What a sign-in page shows.</summary>
public sealed record SignInModel
{
    /// <summary>How people may sign in here.</summary>
    public required SignInOptions Ways { get; init; }

    /// <summary>Where to go afterwards; a local path.</summary>
    public required string ReturnUrl { get; init; }

    /// <summary>The app that sent the person here; null for none.</summary>
    public AppOnTheWay? App { get; init; }

    /// <summary>The name as it was typed; null at first.</summary>
    public string? Login { get; init; }

    /// <summary>Whether the name was given and the password is asked for now.</summary>
    public bool AtPassword { get; init; }

    /// <summary>Whether the name led nowhere by itself and the person is to choose.</summary>
    public bool MustChoose { get; init; }

    /// <summary>Code of a sentence left by the page before; unknown ones show nothing.</summary>
    public string? Code { get; init; }

    /// <summary>For the browser, to sign in with a passkey; null where none can work, or is not taken.</summary>
    public string? Passkey { get; init; }

    /// <summary>Why it failed; null at first.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>The workspace's name in addresses; null on the installation's page.</summary>
    public string? Slug => Ways.Workspace?.Row.Slug;

    /// <summary>This page's own address.</summary>
    public string Path => Slug is null ? "/signin" : $"/w/{Slug}/signin";

    /// <summary>The same with where to go afterwards.</summary>
    public string Href => Path + "?returnUrl=" + Uri.EscapeDataString(ReturnUrl);

    /// <summary>Without any provider, name and password stand on one page: there is nothing to choose.</summary>
    public bool OneStep => Ways.Connections.Count == 0;

    /// <summary>Whether a name is asked for: where it can lead somewhere.</summary>
    public bool AsksName => Ways.TakesPassword || Ways.Connections.Count > 1;

    /// <summary>The buttons.</summary>
    public IReadOnlyList<(string Name, string Href)> Buttons =>
        AtPassword ? [] : [.. Ways.Connections.Select(c => (c.Name, ProviderEndpoints.StartPath(c.Id, ReturnUrl, Slug)))];
}
