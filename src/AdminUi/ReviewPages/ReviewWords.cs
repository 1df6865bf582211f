using UserManagement.AdminUi.Http;
using UserManagement.AdminUi.MemberPages;
using UserManagement.Membership.Members;
using UserManagement.Membership.Reviews;
using UserManagement.Membership.Roles;
using UserManagement.Ui;
using UserManagement.Ui.Parts;

namespace UserManagement.AdminUi.ReviewPages;

/// <summary>The words in which pages speak of access reviews.</summary>
public static class ReviewWords
{
    /// <summary>The verdict of a field; null for none.</summary>
    public static AccessVerdict? Read(string field) =>
        field switch
        {
            "keep" => AccessVerdict.Keep,
            "suspend" => AccessVerdict.Suspend,
            "remove" => AccessVerdict.Remove,
            _ => null,
        };

    /// <summary>The field of a verdict; empty for none.</summary>
    public static string Field(AccessVerdict? verdict) =>
        verdict switch
        {
            AccessVerdict.Keep => "keep",
            AccessVerdict.Suspend => "suspend",
            AccessVerdict.Remove => "remove",
            _ => "",
        };

    /// <summary>What a mark says.</summary>
    public static string Mark(ReviewMark mark) =>
        mark switch
        {
            ReviewMark.NeverSignedIn => "Never signed in",
            ReviewMark.Inactive => $"Inactive for {ReviewMarks.InactiveAfter.Days} days",
            ReviewMark.Admin => "Admin",
            ReviewMark.ExternalDomain => "External address",
            _ => "Unknown",
        };

    /// <summary>The colour of a mark.</summary>
    public static Tone Colour(ReviewMark mark) => mark == ReviewMark.Admin ? Tone.Accent : Tone.Warning;

    /// <summary>Whom a review is about.</summary>
    public static string Scope(Visit visit, AccessReviewRow row)
    {
        ArgumentNullException.ThrowIfNull(visit);
        ArgumentNullException.ThrowIfNull(row);
        var review = row.Review;
        var parts = new List<string>();
        if (review.Role is { } role)
        {
            parts.Add($"role {RoleChoices.Label(visit.Configuration, role)}");
        }

        if (review.GroupId is not null)
        {
            parts.Add(row.Group is { } group ? $"group {Note.Cut(group)}" : "a group that is gone");
        }

        return parts.Count == 0 ? "Everybody" : Frame.Title(string.Join(", ", parts));
    }

    /// <summary>What may be chosen for somebody.</summary>
    public static IReadOnlyList<Choice> For(Visit visit, Member member)
    {
        ArgumentNullException.ThrowIfNull(visit);
        ArgumentNullException.ThrowIfNull(member);
        var mayEnd = member.Id != visit.Me.Id && visit.Configuration.MayTouch(visit.Actor, member.Role) is null;
        return
        [
            new("", "Not decided"),
            new("keep", "Keep"),
            .. mayEnd && member.State is not MemberState.Invited ? new[] { new Choice("suspend", "Suspend") } : [],
            .. mayEnd ? new[] { new Choice("remove", "Remove") } : [],
        ];
    }

    /// <summary>What may be said for all others of a page.</summary>
    public static IReadOnlyList<Choice> Rest { get; } =
    [new("", "Leave undecided"), new("keep", "Keep them all"), new("suspend", "Suspend them all"), new("remove", "Remove them all")];
}
