namespace UserManagement.Simulator.Entra;

/// <summary>The two ways in which Entra writes PATCH bodies.</summary>
public enum EntraDialect
{
    /// <summary>Without flag, the default today: <c>Replace</c>, <c>"False"</c> as text, members removed by a value list.</summary>
    Legacy,

    /// <summary>
    /// With <c>?aadOptscim062020</c> on the tenant URL: lower-case, real booleans, path-less replaces, members removed by a value path.
    /// </summary>
    Scim,
}
