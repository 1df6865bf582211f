using UserManagement.Membership.Audit;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Undo;

/// <summary>What becomes of somebody's access.</summary>
internal enum AccessMove
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Somebody whom the directory deleted is here again.</summary>
    Revive,

    /// <summary>They are in again, whether or not the directory says so.</summary>
    In,

    /// <summary>They are out again, whether or not the directory says so.</summary>
    Out,

    /// <summary>Somebody whom the directory made ends.</summary>
    End,
}

/// <summary>
/// What the undo of a cycle makes of one person: what the cycle changed and nobody has changed since becomes what it was, all else is left
/// and told.
/// </summary>
/// <param name="Access">What becomes of their access.</param>
/// <param name="Fields">Which facts become what they were.</param>
/// <param name="Left">What is left and why, in sentences.</param>
internal sealed record MemberPlan(AccessMove Access, IReadOnlyList<string> Fields, IReadOnlyList<string> Left)
{
    private static readonly (string Field, string Words)[] Facts =
    [
        ("userName", "The user name"),
        ("sentUserName", "The user name that the directory sent"),
        ("externalId", "The directory's id"),
        ("displayName", "The display name"),
        ("givenName", "The first name"),
        ("familyName", "The last name"),
        ("email", "The mail address"),
        ("document", "What else the directory says of the person"),
    ];

    /// <summary>Whether nothing is to be done.</summary>
    public bool IsEmpty => Access == AccessMove.None && Fields.Count == 0;

    /// <summary>Plans it.</summary>
    /// <param name="story">What the audit log says.</param>
    /// <param name="now">The person as they are; null where the row is gone.</param>
    public static MemberPlan Of(Story story, Member? now)
    {
        if (now is null || (now.State == MemberState.Ended && now.UserName == Erasure.Name))
        {
            return story.IsCreated ? new(AccessMove.None, [], []) : Kept("The person was erased since.");
        }

        if (story.IsCreated)
        {
            return now.State == MemberState.Ended ? new(AccessMove.None, [], [])
                : story.SinceAny() is { } since ? Kept($"The cycle made this person, and they were changed since by {since}.")
                : new(AccessMove.End, [], []);
        }

        if (story.IsErased)
        {
            return Kept("What was said of the person was erased.");
        }

        List<string> left = [];
        var access = AccessOf(story, now, left);
        if (now.State == MemberState.Ended && access != AccessMove.Revive)
        {
            return new(AccessMove.None, [], left);
        }

        List<string> fields = [];
        foreach (var (field, words) in Facts.Where(f => story.Has(f.Field) && Value(now, f.Field) != story.Wanted(f.Field)))
        {
            if (story.Since(field) is { } since)
            {
                left.Add($"{words} was changed since by {since}.");
            }
            else if (!story.IsAsLeft(field, Value(now, field)) && !(field == "userName" && story.FormerNames.Contains(now.UserName)))
            {
                left.Add($"{words} was changed since.");
            }
            else if (story.IsCut(field))
            {
                left.Add($"{words} was too long for the log to keep.");
            }
            else
            {
                fields.Add(field);
            }
        }

        return new(access, fields, left);
    }

    /// <summary>The person with one of their facts as it was.</summary>
    public static Member With(Member member, string field, string? value) =>
        field switch
        {
            "userName" => member with { UserName = value ?? member.UserName },
            "sentUserName" => member with { SentUserName = value },
            "externalId" => member with { ExternalId = value },
            "displayName" => member with { DisplayName = value },
            "givenName" => member with { GivenName = value },
            "familyName" => member with { FamilyName = value },
            "email" => member with { Email = value },
            _ => member with { Document = value },
        };

    private static string? Value(Member member, string field) =>
        field switch
        {
            "userName" => member.UserName,
            "sentUserName" => member.SentUserName,
            "externalId" => member.ExternalId,
            "displayName" => member.DisplayName,
            "givenName" => member.GivenName,
            "familyName" => member.FamilyName,
            "email" => member.Email,
            _ => member.Document,
        };

    private static AccessMove AccessOf(Story story, Member now, List<string> left)
    {
        var since = story.Since("directoryActive", "heldAs", "heldUntil");
        if (now.State == MemberState.Ended)
        {
            if (story.IsDeleted && story.Since("state") is null)
            {
                return AccessMove.Revive;
            }

            left.Add($"The person was deleted since{(story.Since("state") is { } by ? " by " + by : "")}.");
            return AccessMove.None;
        }

        if (!story.Has("directoryActive") && !story.Has("heldAs"))
        {
            return AccessMove.None;
        }

        var was = story.Has("directoryActive") ? story.Wanted("directoryActive") : Said(now);
        var move = (was, now.DirectoryActive, now.HeldAs) switch
        {
            (not "false", false, HeldAs.Deactivation or HeldAs.Deletion) => now.HeldUntil is null ? AccessMove.None : AccessMove.In,
            (not "false", false, _) or (not "false", true, HeldAs.Admission) => AccessMove.In,
            ("false", true, HeldAs.Admission) => now.HeldUntil is null ? AccessMove.None : AccessMove.Out,
            ("false", true, _) or ("false", false, HeldAs.Deactivation) => AccessMove.Out,
            _ => AccessMove.None,
        };
        if (move != AccessMove.None && since is not null)
        {
            left.Add($"Whether the person may come in was decided since by {since}.");
            return AccessMove.None;
        }

        return move;
    }

    private static string? Said(Member member) => member.DirectoryActive is { } said ? (said ? "true" : "false") : null;

    private static MemberPlan Kept(string why) => new(AccessMove.None, [], [why]);
}
