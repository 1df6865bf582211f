using UserManagement.Simulator.Report;

namespace UserManagement.Simulator.Directories;

/// <summary>Rules that every directory relies on.</summary>
public static class CommonRules
{
    /// <summary>Paging.</summary>
    public static readonly Rule Paging = new("S01",
        "Paging with startIndex and count shows every resource once and agrees with totalResults.",
        "People are missed or handled twice.");
}
