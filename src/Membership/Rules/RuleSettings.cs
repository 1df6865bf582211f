namespace UserManagement.Membership.Rules;

/// <summary>Which of several rules that match somebody gives the role.</summary>
public enum RuleMode
{
    /// <summary>The first in their order.</summary>
    [Workspaces.Strictest]
    FirstMatch,

    /// <summary>The one whose role has the highest rank.</summary>
    HighestRank,
}

/// <summary>How the rules of a workspace work together.</summary>
public sealed record RuleSettings
{
    /// <summary>Which of several rules that match gives the role.</summary>
    public RuleMode Mode { get; init; }

    /// <summary>Whether a rule may give a role that is an admin's. Only who may grant such a role switches it on.</summary>
    public bool MayGiveAdmin { get; init; }
}
