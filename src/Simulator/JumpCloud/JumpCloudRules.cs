using UserManagement.Simulator.Report;

namespace UserManagement.Simulator.JumpCloud;

/// <summary>What JumpCloud relies on beyond the rules of every directory.</summary>
public static class JumpCloudRules
{
    /// <summary>The self-test.</summary>
    public static readonly Rule SelfTest = new(
        "J01",
        "While the connection is activated, a test user and a test group can be created, changed, joined, parted and deleted.",
        "The administrator cannot activate the connection at all."
    );

    /// <summary>Removal by a list.</summary>
    public static readonly Rule RemoveListed = new(
        "J02",
        "A remove of members with a list in value takes out those listed, and only those.",
        "Read to the letter it empties the group: everybody loses what the group opens."
    );
}
