namespace UserManagement.Simulator.Mishaps;

/// <summary>What goes wrong at a directory, so that a server shows what it does then.</summary>
public enum Mishap
{
    /// <summary>Nothing: the directory's usual cycles.</summary>
    None,

    /// <summary>Very many people leave at once.</summary>
    MassLeave,

    /// <summary>Groups lose all their members.</summary>
    GroupEmptied,

    /// <summary>Very many people are renamed, to and fro, and names go round.</summary>
    RenameStorm,

    /// <summary>Names are taken from the wrong attribute: the same for all, and empty for some.</summary>
    WrongMapping,
}

/// <summary>What a run that plays a mishap is made of.</summary>
/// <param name="Mishap">What goes wrong.</param>
/// <param name="Share">For how many of a hundred people, or groups; at least one.</param>
/// <param name="GoesOn">Whether the people and groups are there from an earlier run with the same seed and sizes: nothing is created then.</param>
public sealed record MishapPlan(Mishap Mishap, int Share, bool GoesOn)
{
    /// <summary>A run without any.</summary>
    public static MishapPlan None { get; } = new(Mishap.None, 30, false);

    /// <summary>The names of the scenarios on the command line.</summary>
    public static IReadOnlyDictionary<string, Mishap> Names { get; } =
        new Dictionary<string, Mishap>
        {
            ["mass-leave"] = Mishap.MassLeave,
            ["group-emptied"] = Mishap.GroupEmptied,
            ["rename-storm"] = Mishap.RenameStorm,
            ["wrong-mapping"] = Mishap.WrongMapping,
        };

    /// <summary>The name of this one, for the title of a report; null where none is played.</summary>
    public string? Name => Mishap == Mishap.None ? null : Names.First(n => n.Value == Mishap).Key;
}
