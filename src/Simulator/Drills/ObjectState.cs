using System.Collections.Immutable;
using UserManagement.Simulator.Directories;

namespace UserManagement.Simulator.Drills;

/// <summary>One way in which an object may stand on the server after a run.</summary>
/// <param name="Exists">Whether it is there.</param>
/// <param name="Set">Attributes that the run has set.</param>
/// <param name="Members">Ids of members, for groups.</param>
public sealed record ObjectState(bool Exists, ImmutableSortedDictionary<string, string?> Set, ImmutableSortedSet<string> Members)
{
    /// <summary>Before the run: not there.</summary>
    public static readonly ObjectState Absent = new(false, ImmutableSortedDictionary<string, string?>.Empty, []);

    /// <summary>The state after a write.</summary>
    /// <param name="effect">What the write does. Anything but a create leaves an absent object absent.</param>
    public ObjectState After(Effect effect) =>
        effect switch
        {
            { Exists: false } => Absent,
            { Creates: false } when !Exists => this,
            _ => new(
                true,
                Set.SetItems(effect.Set),
                (effect.Members is { } all ? [.. all] : Members).Union(effect.Add).Except(effect.Remove)
            ),
        };

    /// <summary>Equal text for equal states.</summary>
    public string Key => $"{Exists}|{string.Join('|', Set.Select(s => $"{s.Key}={s.Value ?? "\0"}"))}|{string.Join(',', Members)}";
}

/// <summary>What the ledger tells about one object: every way in which it may stand, and the server's id if it was told.</summary>
/// <param name="Resource"><c>Users</c> or <c>Groups</c>.</param>
/// <param name="ExternalId">The directory's id.</param>
/// <param name="Target">Its name, from the last operation.</param>
public sealed record ObjectHistory(string Resource, string ExternalId, string Target)
{
    /// <summary>Above this many possibilities the object is reported as not checkable.</summary>
    public const int MostPossibilities = 256;

    /// <summary>The server's id; null when no answer ever told it.</summary>
    public string? Id { get; init; }

    /// <summary>All states that the answers leave open: an unknown outcome doubles them, whole or not at all.</summary>
    public IReadOnlyList<ObjectState> Possible { get; init; } = [ObjectState.Absent];

    /// <summary>True when the object is found by its displayName, not by externalId.</summary>
    public bool ByName { get; init; }

    /// <summary>All display names that the run has given it.</summary>
    public ImmutableSortedSet<string> Names { get; init; } = [];

    /// <summary>True when the object is certainly there.</summary>
    public bool MustExist => Possible.All(s => s.Exists);

    /// <summary>True when the object is certainly not there.</summary>
    public bool MustNotExist => Possible.All(s => !s.Exists);

    /// <summary>Folds a ledger into one history per object.</summary>
    /// <param name="lines">The ledger, in order.</param>
    public static IReadOnlyList<ObjectHistory> Fold(IEnumerable<LedgerLine> lines)
    {
        var histories = new Dictionary<(string, string), ObjectHistory>();
        foreach (var line in lines)
        {
            if (line.Effect is { } effect && line.Outcome != Outcome.Refused)
            {
                var key = (effect.Resource, effect.ExternalId);
                var before = histories.GetValueOrDefault(key, new ObjectHistory(effect.Resource, effect.ExternalId, line.Target));
                histories[key] = before.After(line, effect);
            }
        }

        return [.. histories.Values];
    }

    private ObjectHistory After(LedgerLine line, Effect effect)
    {
        if (Possible.Count > MostPossibilities)
        {
            return this;
        }

        var after = Possible.Select(s => s.After(effect));
        return this with
        {
            Target = line.Target,
            Id = effect.Id ?? Id,
            ByName = effect.ByName,
            Names = effect.Set.GetValueOrDefault(AttributeName.DisplayName) is { } name ? Names.Add(name) : Names,
            Possible = [.. (line.Outcome == Outcome.Unknown ? Possible.Concat(after) : after).DistinctBy(s => s.Key)],
        };
    }
}
