namespace UserManagement.Membership.Portals;

/// <summary>The parts of the set-up portal; a link opens some of them, each on its own.</summary>
[Flags]
public enum PortalScopes
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>Connecting the directory: its tokens, what has arrived, the provisioning log.</summary>
    Directory = 1,

    /// <summary>Connecting an OpenID provider, and trying it.</summary>
    SignIn = 2,

    /// <summary>Claiming an e-mail domain, and proving it by DNS.</summary>
    Domain = 4,
}
