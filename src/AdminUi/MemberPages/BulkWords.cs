using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Bulk;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>The words in which pages speak of a change of several members.</summary>
internal static class BulkWords
{
    /// <summary>The act of the form that is yet to say which group.</summary>
    public const string SomeGroup = "group";

    /// <summary>What the list offers for the selected, under headings. The acts decide.</summary>
    public static IEnumerable<(string Label, IReadOnlyList<(string Act, string Text)> Choices)> Choices(Visit visit)
    {
        var roles = RoleChoices.Grantable(visit.Configuration, visit.Actor);
        if (roles.Count > 0)
        {
            yield return ("Change role to", [.. roles.Select(r => (new BulkChange(MemberChangeKind.Role, r.Key).ToString(), r.Label))]);
        }

        if (visit.Configuration.Licenses.Count > 0)
        {
            List<(string, string)> licenses =
            [
                .. visit.Configuration.Licenses.Select(l => (new BulkChange(MemberChangeKind.License, l.Key).ToString(), l.Label)),
            ];
            if (!visit.Configuration.Join.LicenseRequired)
            {
                licenses.Add((new BulkChange(MemberChangeKind.License).ToString(), "No license"));
            }

            yield return ("Change license to", licenses);
        }

        List<(string, string)> more = visit.Actor.May(Permission.ManageGroups) ? [(SomeGroup, "Add to a group …")] : [];
        if (visit.Actor.May(Permission.InviteMembers) && visit.Configuration.Invitations.Resend != ResendWhen.Never)
        {
            more.Add((new BulkChange(MemberChangeKind.Resend).ToString(), "Resend invitations"));
        }

        yield return (
            "More",
            [
                .. more,
                (new BulkChange(MemberChangeKind.Suspend).ToString(), "Suspend"),
                (new BulkChange(MemberChangeKind.Remove).ToString(), visit.Say(visit.Words.Remove)),
            ]
        );
    }

    /// <summary>What the change is, as a heading.</summary>
    /// <param name="visit">The request.</param>
    /// <param name="change">The change.</param>
    /// <param name="group">The group's name; null where there is none.</param>
    public static string Title(Visit visit, BulkChange change, string? group) =>
        change.Kind switch
        {
            MemberChangeKind.Role => $"Change role to {RoleChoices.Label(visit.Configuration, change.Value)}",
            MemberChangeKind.License when change.Value.Length == 0 => "Take the license away",
            MemberChangeKind.License => $"Give the license {License(visit, change.Value)}",
            MemberChangeKind.Group => $"Add to {(group is null ? "the group" : Note.Cut(group))}",
            MemberChangeKind.Suspend => "Suspend",
            MemberChangeKind.Resend => "Resend invitations",
            _ => visit.Say(visit.Words.Remove),
        };

    /// <summary>The verb of its button.</summary>
    public static string Verb(BulkChange change) =>
        change.Kind switch
        {
            MemberChangeKind.Group => "Add",
            MemberChangeKind.Suspend => "Suspend",
            MemberChangeKind.Remove => "Remove",
            MemberChangeKind.Resend => "Resend to",
            _ => "Change",
        };

    /// <summary>What becomes of one who is not refused.</summary>
    public static string Becomes(Visit visit, BulkChange change, MemberForecast row)
    {
        if (row.IsSame)
        {
            return change.Kind switch
            {
                MemberChangeKind.Group => "Is in the group",
                MemberChangeKind.Suspend or MemberChangeKind.Remove => "Has no access already",
                MemberChangeKind.Resend => "Was sent it just now",
                _ => "Has it already",
            };
        }

        var (before, after) = (row.Before, row.After!);
        var seat = (before.HasSeat, after.HasSeat) switch
        {
            (true, false) => ", the seat becomes free",
            (false, true) => ", gets a seat",
            _ => "",
        };
        return change.Kind switch
        {
            MemberChangeKind.Role when after.Role == before.Role => "Keeps the role" + seat,
            MemberChangeKind.Role =>
                $"{RoleChoices.Label(visit.Configuration, before.Role)} becomes {RoleChoices.Label(visit.Configuration, after.Role)}{seat}",
            MemberChangeKind.License when after.License == before.License =>
                $"{License(visit, after.License)}, and waits for no other any more",
            MemberChangeKind.License => $"{License(visit, before.License)} becomes {License(visit, after.License)}",
            MemberChangeKind.Group => "Is added",
            MemberChangeKind.Resend => "Gets a new link; the one before ends",
            _ when after.State == MemberState.Ended => "The invitation is withdrawn for good",
            _ => "Loses access" + seat,
        };
    }

    /// <summary>So many people, in the workspace's word.</summary>
    public static string People(Visit visit, long count) =>
        $"{Frame.Number(count)} {(count == 1 ? visit.Terms.Person : visit.Terms.People)}";

    private static string License(Visit visit, string? key) =>
        string.IsNullOrEmpty(key) ? "No license" : visit.Configuration.License(key)?.Label ?? key;
}
