using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Resources;

namespace UserManagement.Scim.Protocol.Patch;

/// <summary>How a PATCH is read and applied.</summary>
public sealed record PatchOptions
{
    /// <summary>Tolerant, with the default caps.</summary>
    public static PatchOptions Default { get; } = new();

    /// <summary>By the letter of the RFC, with the default caps.</summary>
    public static PatchOptions ByTheLetter { get; } = new() { Strict = true };

    /// <summary>
    /// By the letter of RFC 7644, section 3.5.2. Otherwise what Entra, Okta and others send is understood: a value path
    /// that matches nothing makes the element, "True" is true, unknown attributes are left out and reported.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>Most operations in one request.</summary>
    public int MaxOperations { get; init; } = 1000;

    /// <summary>Longest path, in characters.</summary>
    public int MaxPathLength { get; init; } = 2048;

    /// <summary>Caps on the filter in a path.</summary>
    internal FilterOptions Filter => new() { Strict = Strict, MaxTerms = 50 };

    /// <summary>Caps on values.</summary>
    internal ReadOptions Values => Strict ? ReadOptions.ByTheLetter : ReadOptions.Default;
}
