namespace UserManagement.Membership.Data;

/// <summary>
/// What a door needs for its answer, read in the round trip in which the act reads whom it changes; anew at each try. It is as of that
/// moment: an act that changes it says so.
/// </summary>
/// <param name="add">Adds the reads.</param>
public sealed class ReadBeside(Action<ReadBatch, MembershipDb> add)
{
    /// <summary>Whether it is to be read again: the act changed it itself, or did not come to read it.</summary>
    public bool IsStale { get; private set; } = true;

    internal void AddTo(ReadBatch batch, MembershipDb db)
    {
        IsStale = false;
        add(batch, db);
    }

    internal void Expire() => IsStale = true;
}
