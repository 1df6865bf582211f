using UserManagement.Membership.Members;

namespace UserManagement.Membership.Webhooks;

/// <summary>
/// THE table of events about one person: what a change of a member is called, derived from the row before and after, whatever act or door
/// made it. What happens to somebody who has not joined is told nobody: apps learn of a person when they are in.
/// </summary>
internal static class MemberEvents
{
    /// <summary>What of a person was before where their id is another now; told to whoever is told of people at all.</summary>
    public const string AnotherId = "id";

    /// <summary>The events of a change, in the order in which they are told, each with what was before.</summary>
    public static IEnumerable<(string Type, IReadOnlyDictionary<string, object?>? Previous)> Of(Member? before, Member after)
    {
        var was = before?.State;
        var isKnown = was is MemberState.Active or MemberState.Suspended or MemberState.Removed;
        var isOther = isKnown && before!.Id != after.Id;
        if (isOther)
        {
            yield return (EventType.Changed, Facts(before!, after)); // first: what follows is told of the new id
        }

        if (StateEvent(was, after.State) is { } state)
        {
            yield return (state, before is null ? null : new Dictionary<string, object?> { ["status"] = before.State.Shown() });
        }

        if (isKnown && before!.Role != after.Role)
        {
            yield return (EventType.RoleChanged, new Dictionary<string, object?> { ["role"] = before.Role });
        }

        if (isKnown && before!.License != after.License)
        {
            yield return (EventType.LicenseChanged, new Dictionary<string, object?> { ["license"] = before.License });
        }

        if ((before?.HasSeat ?? false) != after.HasSeat)
        {
            yield return (EventType.SeatChanged, new Dictionary<string, object?> { ["hasSeat"] = !after.HasSeat });
        }

        if (isKnown && !isOther && after.State != MemberState.Ended && Facts(before!, after) is { Count: > 0 } changed)
        {
            yield return (EventType.Changed, changed);
        }
    }

    private static string? StateEvent(MemberState? was, MemberState now) =>
        (was, now) switch
        {
            (null or MemberState.Invited or MemberState.Provisioned, MemberState.Active) => EventType.Joined,
            (MemberState.Suspended or MemberState.Removed, MemberState.Active) => EventType.Restored,
            (MemberState.Active or MemberState.Removed, MemberState.Suspended) => EventType.Suspended,
            (MemberState.Active or MemberState.Suspended, MemberState.Removed or MemberState.Ended) => EventType.Removed,
            _ => null,
        };

    private static Dictionary<string, object?> Facts(Member before, Member after)
    {
        var changed = new Dictionary<string, object?>();
        if (before.Id != after.Id)
        {
            changed[AnotherId] = before.Id.Value; // one person in two rows, of which the first ended: nobody left, nobody came
        }

        Compare("userName", before.UserName, after.UserName);
        Compare("externalId", before.ExternalId, after.ExternalId);
        Compare("email", before.Email, after.Email);
        Compare("displayName", before.ShownName, after.ShownName);
        Compare("givenName", before.GivenName, after.GivenName);
        Compare("familyName", before.FamilyName, after.FamilyName);
        return changed;

        void Compare(string name, string? was, string? now)
        {
            if (was != now)
            {
                changed[name] = was;
            }
        }
    }
}
