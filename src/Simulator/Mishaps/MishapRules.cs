using UserManagement.Simulator.Report;

namespace UserManagement.Simulator.Mishaps;

/// <summary>What a directory relies on while something goes wrong on its side, each with what goes wrong otherwise.</summary>
public static class MishapRules
{
    /// <summary>Mass leave.</summary>
    public static readonly Rule LeaveAnswered = new(
        "M01",
        "One leaver among very many is answered as one alone: with success, and shown with active false, carried out or held.",
        "A refusal puts the whole job into quarantine; who shows active true again is deactivated in every cycle, for ever."
    );

    /// <summary>A group that loses everybody.</summary>
    public static readonly Rule GroupEmptied = new(
        "M02",
        "A group that is emptied is empty afterwards; or it is held: 503 with Retry-After, and everybody is still in it.",
        "Half of a group is lost, or the directory takes it for empty and never sends its members again."
    );

    /// <summary>Renames that are possible.</summary>
    public static readonly Rule RenameFound = new(
        "M03",
        "After a rename the person is found by the new name alone, and the old one can be taken by somebody else at once.",
        "Two people are taken for one, or one for two, and the wrong one gets the access."
    );

    /// <summary>Names that two would have.</summary>
    public static readonly Rule NameTaken = new(
        "M04",
        "A change to a name that somebody else has is refused with 409 uniqueness, and the person stays whole as they were.",
        "Two people share a name: one signs in as the other. Or half of a change is there and nobody knows which."
    );

    /// <summary>A required attribute without a value.</summary>
    public static readonly Rule NameMissing = new(
        "M05",
        "A change that leaves the userName empty is refused with 400, and the person stays whole as they were.",
        "The person can be found by nobody any more, and is created a second time."
    );

    /// <summary>What an earlier run left.</summary>
    public static readonly Rule FoundAgain = new(
        "M06",
        "The people and groups of the earlier run are still there.",
        "A directory that finds nobody creates everybody again."
    );
}
