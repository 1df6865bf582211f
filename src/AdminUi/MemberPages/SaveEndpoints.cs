using System.Globalization;
using Microsoft.AspNetCore.Http;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Ui;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>Saving all that was changed on a member's page, in one go, and what the sentence about it says.</summary>
internal static class SaveEndpoints
{
    private const int MostUndone = 2000; // of characters: the sentence travels in a cookie

    public static async Task<IResult> SaveAsync(Visit visit)
    {
        var id = visit.RouteId<Member>();
        var outcome = await visit.Act<EditMember>().RunAsync(visit.Actor, visit.Workspace.Id, id, MemberForm.Edit(visit), visit.Ct);
        return outcome.Is(out var done, out var refusal)
            ? MemberEndpoints.Back(visit, id, Said(visit, done))
            : await MemberEndpoints.RefusedAsync(visit, id, refusal);
    }

    /// <summary>What became of somebody's role.</summary>
    public static string Role(Visit visit, Member member) =>
        member.IsWaiting
            ? $"No seat is free: {Note.Cut(member.ShownName)} is in line for one."
            : $"{Note.Cut(member.ShownName)} is now {RoleChoices.Label(visit.Configuration, member.Role)}."
                + (member.HasSeat || visit.Configuration.Role(member.Role) is { NeedsSeat: true } ? "" : MemberEndpoints.NoSeat(visit));

    private static Note Said(Visit visit, EditedMember done)
    {
        var said = Sentences(visit, done).ToList();
        return said.Count == 0
            ? new(Tone.Info, "Nothing was changed: it was all so already.")
            : new(Tone.Success, string.Join(' ', said), Undo(visit, done));
    }

    private static IEnumerable<string> Sentences(Visit visit, EditedMember done)
    {
        if (done.NamesChanged)
        {
            yield return $"The name is now {Note.Cut(done.After.ShownName)}.";
        }

        if (done.RoleChanged)
        {
            yield return Role(visit, done.After);
        }

        if (done.LicenseChanged)
        {
            yield return done.After.License is { } license ? $"The license is now {License(visit, license)}."
            : Waited(visit) is { } waited ? $"There is no license now, and no place in line for {License(visit, waited)} any more."
            : "There is no license now.";
        }

        if (done.Joined.Count > 0)
        {
            yield return $"Added to {Names(done.Joined)}.";
        }

        if (done.Left.Count > 0)
        {
            yield return $"Taken out of {Names(done.Left)}.";
        }

        if (done.TermChanged)
        {
            yield return done.Term is { } term
                ? string.Create(CultureInfo.InvariantCulture, $"The last day is {term.EndsAt.AddSeconds(-1):d MMMM yyyy}.")
                : "There is no end any more.";
        }
    }

    /// <summary>The form that takes all of it back at once; null where there is nothing to take back, or too much for a sentence.</summary>
    private static Undo? Undo(Visit visit, EditedMember done)
    {
        var fields = new Dictionary<string, string> { ["from"] = "member" };
        if (done.NamesChanged)
        {
            (fields["givenName"], fields["familyName"]) = (done.Before.GivenName ?? "", done.Before.FamilyName ?? "");
        }

        if (done.RoleChanged && done.Before.Role != done.After.Role)
        {
            fields["role"] = done.Before.Role;
        }

        if (done.LicenseChanged)
        {
            fields["license"] = Waited(visit) ?? done.Before.License ?? "";
        }

        if (fields.Count > 1)
        {
            fields["version"] = done.After.Version.ToString(CultureInfo.InvariantCulture); // not over what somebody did since
        }

        if (done.Joined.Count > 0)
        {
            fields["leaves"] = string.Join(' ', done.Joined.Select(g => g.Id));
        }

        if (done.Left.Count > 0)
        {
            fields["joins"] = string.Join(' ', done.Left.Select(g => g.Id));
        }

        if (done.TermChanged)
        {
            (fields["lastDay"], fields["sponsor"]) = (visit.Field("was-lastDay"), visit.Field("was-sponsor"));
            fields["termSeen"] = MemberForm.Seen(done.Term?.SetAt);
            (fields["was-lastDay"], fields["was-sponsor"]) = (visit.Field("lastDay"), visit.Field("sponsor"));
        }

        return fields.Count > 1 && fields.Values.Sum(v => v.Length) <= MostUndone
            ? new(visit.Path($"/members/{done.After.Id}"), fields)
            : null;
    }

    private static string? Waited(Visit visit) =>
        visit.Field("was-license") is var was && MemberForm.Wanted(was) is var key && key != was ? key : null;

    private static string License(Visit visit, string key) => visit.Configuration.License(key)?.Label ?? key;

    private static string Names(IReadOnlyList<Group> groups) =>
        string.Join(", ", groups.Take(3).Select(g => Note.Cut(g.DisplayName))) + (groups.Count > 3 ? $" and {groups.Count - 3} more" : "");
}
