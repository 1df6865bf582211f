using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Ui;

namespace UserManagement.AdminUi.GroupPages;

/// <summary>The groups, one group, and what one does with it.</summary>
internal static class GroupEndpoints
{
    private const string One = "/groups/{id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/groups", Gate.Page(Permission.ReadMembers, visit => ListAsync(visit)));
        routes.MapPost("/groups", Gate.Act(CreateAsync));
        routes.MapGet(One, Gate.Page(Permission.ReadMembers, visit => GroupAsync(visit)));
        routes.MapPost(One + "/name", Gate.Act(RenameAsync));
        routes.MapPost(One + "/seat-priority", Gate.Act(SetPriorityAsync));
        routes.MapPost(One + "/members", Gate.Act(ChangeMembersAsync));
        routes.MapGet(One + "/delete", Gate.Page(Permission.ManageGroups, ConfirmDeleteAsync));
        routes.MapPost(One + "/delete", Gate.Act(DeleteAsync));
    }

    private static async Task<IResult> ListAsync(Visit visit, Refusal? refusal = null)
    {
        var search = visit.Query("q");
        var read = await visit
            .Act<GroupList>()
            .RunAsync(
                visit.Actor,
                visit.Workspace.Id,
                search,
                PageCursor.Read(visit.Query("after")),
                Rows.OnPage,
                GroupSizes.Bounded,
                visit.Ct
            );
        if (!read.Is(out var page, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        if (refusal is null && Fragment.IsWanted(visit.Http, GroupResults.Id))
        {
            return new RazorComponentResult<GroupResults>(
                new
                {
                    Visit = visit,
                    Page = page,
                    Search = search,
                }
            );
        }

        var frame = await Frame.ReadAsync(visit, Place.Groups, refusal);
        return frame.Show<GroupsScreen>(new() { ["Page"] = page, ["Search"] = search });
    }

    private static async Task<IResult> CreateAsync(Visit visit)
    {
        var outcome = await visit
            .Act<CreateGroup>()
            .RunAsync(visit.Actor, visit.Workspace.Id, new() { DisplayName = visit.Field("displayName") }, [], visit.Ct);
        if (!outcome.Is(out var made, out var refusal))
        {
            return visit.Actor.May(Permission.ReadMembers)
                ? await ListAsync(visit, refusal)
                : Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path());
        }

        visit.Leave(new(Tone.Success, $"The group {Note.Cut(made.Group.DisplayName)} is there. Add people to it."));
        return Visit.SeeOther(visit.Path($"/groups/{made.Group.Id}"));
    }

    private static async Task<IResult> GroupAsync(Visit visit, Refusal? refusal = null)
    {
        var id = visit.RouteId<Group>();
        var read = await visit
            .Act<GroupList>()
            .OneAsync(
                visit.Actor,
                visit.Workspace.Id,
                id,
                PageCursor.Read(visit.Query("after")),
                Rows.OnPage,
                GroupSizes.Bounded,
                visit.Ct
            );
        if (!read.Is(out var page, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        IReadOnlyList<Member> found = [];
        if (visit.Query("add") is { } words && visit.Actor.May(Permission.ManageGroups))
        {
            var people = await visit
                .Act<MemberList>()
                .RunAsync(visit.Actor, visit.Workspace.Id, new() { Search = words, Count = 12 }, visit.Ct);
            found = people.Done ? [.. people.Value.Rows.Select(r => r.Member)] : [];
        }

        if (refusal is null && Fragment.IsWanted(visit.Http, GroupCandidates.Id))
        {
            return new RazorComponentResult<GroupCandidates>(
                new
                {
                    Visit = visit,
                    page.Group.Group,
                    Found = found,
                    Words = visit.Query("add"),
                }
            );
        }

        var frame = await Frame.ReadAsync(visit, Place.Groups, refusal);
        return frame.Show<GroupScreen>(
            new()
            {
                ["Page"] = page,
                ["Found"] = found,
                ["Words"] = visit.Query("add"),
                ["Need"] = visit.Configuration.Roles.Any(r => r.NeedsSeat) ? await NeedAsync(visit, id) : null,
            }
        );
    }

    private static async Task<string?> NeedAsync(Visit visit, Id<Group> id)
    {
        var read = await visit.Act<ReadSeatNeed>().RunAsync(visit.Actor, visit.Workspace.Id, id, ReadSeatNeed.MostLookedAt, visit.Ct);
        return !read.Is(out var need, out _) ? null
            : need.Needs == 0
                ? need.IsExact ? "Everybody in this group who is active has a seat."
                    : $"The first {Frame.Number(ReadSeatNeed.MostLookedAt)} of this group who are active have a seat."
            : $"This group needs {(need.IsExact ? "" : "at least ")}{Seats(need.Needs)} for everybody in it to have one, "
                + (need.Free is { } free ? $"{Frame.Number(free)} {(free == 1 ? "is" : "are")} free." : "and seats have no limit.");
    }

    private static string Seats(long count) => count == 1 ? "1 more seat" : $"{Frame.Number(count)} more seats";

    private static async Task<IResult> SetPriorityAsync(Visit visit)
    {
        var typed = visit.Field("seatPriority").Trim();
        int? priority =
            typed.Length == 0 ? null
            : int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : 0; // refused as what it is: no priority
        var outcome = await visit
            .Act<SetSeatPriority>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Group>(), priority, visit.Ct);
        if (!outcome.Is(out var group, out var refusal))
        {
            return await Gate.RefusedAsync(visit, Permission.ReadMembers, refusal, () => GroupAsync(visit, refusal));
        }

        visit.Leave(
            new(
                Tone.Success,
                group.SeatPriority is { } set
                    ? $"{Note.Cut(group.DisplayName)} has the priority {set} for seats now."
                    : $"{Note.Cut(group.DisplayName)} has no priority for seats any more."
            )
        );
        return Visit.SeeOther(visit.Path($"/groups/{group.Id}"));
    }

    private static Task<IResult> RenameAsync(Visit visit) =>
        ReviseAsync(
            visit,
            group => (GroupFacts.Of(group) with { DisplayName = visit.Field("displayName") }, []),
            changed => new(Tone.Success, $"The group is now called {Note.Cut(changed.Group.DisplayName)}."),
            version => version == visit.Seen
        );

    private static Task<IResult> ChangeMembersAsync(Visit visit)
    {
        var adds = visit.Field("step") != "remove";
        _ = Id<Member>.TryParse(visit.Field("member"), out var member);
        return ReviseAsync(
            visit,
            group =>
                member == default
                    ? Refusal.Invalid("member", "Choose somebody.")
                    : (GroupFacts.Of(group), [new MembershipStep(adds ? MembershipStepKind.Add : MembershipStepKind.Remove, [member])]),
            changed =>
                adds
                    ? new(Tone.Success, changed.Added > 0 ? "Added to the group." : "Nobody was added: they are in it already, or gone.")
                    : new(
                        Tone.Success,
                        "Taken out of the group.",
                        new(
                            visit.Path($"/groups/{changed.Group.Id}/members"),
                            new Dictionary<string, string> { ["member"] = member.ToString() }
                        )
                    )
        );
    }

    private static async Task<IResult> ReviseAsync(
        Visit visit,
        Func<Group, Outcome<(GroupFacts Facts, IReadOnlyList<MembershipStep> Steps)>> revise,
        Func<ChangedGroup, Note> say,
        Func<long, bool>? accepts = null
    )
    {
        var outcome = await visit
            .Act<ReviseGroup>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Group>(), accepts, revise, visit.Ct);
        if (!outcome.Is(out var changed, out var refusal))
        {
            return await RefusedAsync(visit, refusal);
        }

        visit.Leave(say(changed));
        return Visit.SeeOther(visit.Path($"/groups/{changed.Group.Id}"));
    }

    private static async Task<IResult> ConfirmDeleteAsync(Visit visit)
    {
        var read = await visit
            .Act<GroupList>()
            .OneAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Group>(), null, 1, GroupSizes.Bounded, visit.Ct);
        if (!read.Is(out var page, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Groups);
        return frame.Show<DeleteGroupScreen>(new() { ["Data"] = page.Group });
    }

    private static async Task<IResult> DeleteAsync(Visit visit)
    {
        var outcome = await visit.Act<DeleteGroup>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Group>(), null, visit.Ct);
        if (outcome.Refusal is { } refusal)
        {
            return await RefusedAsync(visit, refusal);
        }

        visit.Leave(new(Tone.Success, "The group is deleted. Its people stay."));
        return Visit.SeeOther(visit.Path("/groups"));
    }

    private static Task<IResult> RefusedAsync(Visit visit, Refusal refusal) =>
        Gate.RefusedAsync(visit, Permission.ReadMembers, refusal, () => GroupAsync(visit, refusal));
}
