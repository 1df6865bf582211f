using UserManagement.Simulator.Report;

namespace UserManagement.Simulator.OneLogin;

/// <summary>What OneLogin relies on beyond the rules of every directory.</summary>
public static class OneLoginRules
{
    /// <summary>Templates in the wild.</summary>
    public static readonly Rule Template = new(
        "L01",
        "A person made from an administrator's template is accepted: the SCIM 1.0 schema, id null, active as text, "
            + "sub-attributes that no schema knows.",
        "Every template copied from an older guide fails for everybody, and the reason is hard to find."
    );

    /// <summary>Groups are imported.</summary>
    public static readonly Rule GroupsListed = new(
        "L02",
        "GET /Groups shows every group of the application, page by page.",
        "A group that is not in the list cannot be chosen in a rule, so nobody is put into it."
    );

    /// <summary>The base address.</summary>
    public static readonly Rule BaseAddress = new(
        "L03",
        "The base address itself answers in SCIM: a list, or an error of SCIM's form.",
        "The connection cannot be enabled: OneLogin calls the base address first."
    );
}
