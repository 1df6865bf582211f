using Microsoft.AspNetCore.Http;
using UserManagement.Api.Http;
using UserManagement.Api.Members;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;

namespace UserManagement.Api.Groups;

/// <summary>Groups and who is in them.</summary>
internal static class GroupEndpoints
{
    private const string All = "/workspaces/{slug}/groups";
    private const string One = All + "/{id}";

    public static void Map(ApiTable api)
    {
        api.Get(All, ListAsync)
            .Says("List groups", "By name.")
            .Needs(Permission.ReadMembers)
            .Takes(
                new("q", "The beginning of the name."),
                new("displayName", "Only those of this name, letter case aside."),
                new("externalId", "Only those with this id of the directory's, compared by case."),
                ApiParameter.Limit,
                ApiParameter.Cursor
            )
            .Gives<ListJson<GroupJson>>();
        api.Post(All, CreateAsync)
            .Says("Make a group")
            .Needs(Permission.ManageGroups)
            .Reads<NewGroup>()
            .Gives<ChangedGroupJson>(StatusCodes.Status201Created)
            .Versioned();
        api.Get(One, ReadAsync).Says("Read a group").Needs(Permission.ReadMembers).Gives<GroupJson>().Versioned();
        api.Patch(One, RenameAsync)
            .Says("Rename a group")
            .Needs(Permission.ManageGroups)
            .Reads<GroupChange>()
            .Gives<GroupJson>()
            .Versioned()
            .IfMatch();
        api.Get(One + "/seats", SeatsAsync)
            .Says("What seats does a group need?", "For each of its active members to have one, beside those that they have.")
            .Needs(Permission.ReadMembers)
            .Gives<SeatNeedJson>();
        api.Put(One + "/seat-priority", SetPriorityAsync)
            .Says("Set a group's priority for seats", "Its members who wait for a seat come before those of lower ones, and of none.")
            .Needs(Permission.ManageSeats)
            .Reads<SeatPriorityChange>()
            .Gives<SeatPriorityChange>();
        api.Delete(One, DeleteAsync).Says("Delete a group", "Its members stay members.").Needs(Permission.ManageGroups).IfMatch();
        api.Get(One + "/members", MembersAsync)
            .Says("List a group's members", "In the order of their ids.")
            .Needs(Permission.ReadMembers)
            .Takes(ApiParameter.Limit, ApiParameter.Cursor)
            .Gives<ListJson<MemberJson>>();
        api.Post(One + "/members", ChangeMembersAsync)
            .Says("Change who is in a group")
            .Needs(Permission.ManageGroups)
            .Reads<GroupMembersChange>()
            .Gives<ChangedGroupJson>()
            .Versioned()
            .IfMatch();
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        var read = await call.Act<GroupList>()
            .FindAsync(
                call.Actor,
                call.Workspace.Id,
                new(call.Query("q"), call.Query("displayName"), call.Query("externalId")),
                call.Cursor,
                call.Limit,
                GroupSizes.Exact,
                call.Ct
            );
        return read.Is(out var page, out var refusal)
            ? ApiAnswer.Ok(
                new ListJson<GroupJson>
                {
                    Items = [.. page.Rows.Select(r => GroupJson.Of(r.Group, r.Members))],
                    NextCursor = ApiCall.Next(page.Next),
                }
            )
            : refusal;
    }

    private static Task<ApiAnswer> CreateAsync(ApiCall call) =>
        call.WithAsync<NewGroup>(async wanted =>
        {
            var outcome = await call.Act<CreateGroup>()
                .RunAsync(call.Actor, call.Workspace.Id, new() { DisplayName = wanted.DisplayName }, Ids(wanted.Members), call.Ct);
            return outcome.Is(out var made, out var refusal)
                ? ApiAnswer.Created(ChangedGroupJson.Of(made, made.Added), call.Path($"/groups/{made.Group.Id}"), made.Group.Version)
                : refusal;
        });

    private static async Task<ApiAnswer> ReadAsync(ApiCall call) =>
        (await call.Act<GroupList>().OneAsync(call.Actor, call.Workspace.Id, call.RouteId<Group>(), null, 1, GroupSizes.Exact, call.Ct)).Is(
            out var page,
            out var refusal
        )
            ? ApiAnswer.Ok(GroupJson.Of(page.Group.Group, page.Group.Members), page.Group.Group.Version)
            : refusal;

    private static Task<ApiAnswer> RenameAsync(ApiCall call) =>
        call.WithAsync<GroupChange>(async change =>
            (
                await call.Act<ReviseGroup>()
                    .RunAsync(
                        call.Actor,
                        call.Workspace.Id,
                        call.RouteId<Group>(),
                        call.Accepts,
                        group => (GroupFacts.Of(group) with { DisplayName = change.DisplayName }, []),
                        call.Ct
                    )
            ).Is(out var changed, out var refusal)
                ? ApiAnswer.Ok(GroupJson.Of(changed.Group, await CountAsync(call, changed.Group)), changed.Group.Version)
                : refusal
        );

    private static async Task<ApiAnswer> SeatsAsync(ApiCall call) =>
        (await call.Act<ReadSeatNeed>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Group>(), null, call.Ct)).Is(
            out var need,
            out var refusal
        )
            ? ApiAnswer.Ok(
                new SeatNeedJson
                {
                    Needs = need.Needs,
                    Free = need.Free,
                    SeatPriority = need.Priority,
                }
            )
            : refusal;

    private static Task<ApiAnswer> SetPriorityAsync(ApiCall call) =>
        call.WithAsync<SeatPriorityChange>(async change =>
            (
                await call.Act<SetSeatPriority>()
                    .RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Group>(), change.SeatPriority, call.Ct)
            ).Is(out var group, out var refusal)
                ? ApiAnswer.Ok(new SeatPriorityChange { SeatPriority = group.SeatPriority })
                : refusal
        );

    private static async Task<ApiAnswer> DeleteAsync(ApiCall call) =>
        (await call.Act<DeleteGroup>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Group>(), call.Accepts, call.Ct)).Refusal
            is { } refusal
            ? refusal
            : ApiAnswer.NoContent;

    private static async Task<ApiAnswer> MembersAsync(ApiCall call) =>
        (
            await call.Act<GroupList>()
                .OneAsync(call.Actor, call.Workspace.Id, call.RouteId<Group>(), call.Cursor, call.Limit, GroupSizes.Exact, call.Ct)
        ).Is(out var page, out var refusal)
            ? ApiAnswer.Ok(
                new ListJson<MemberJson>
                {
                    Items = [.. (await call.Act<MemberList>().RowsAsync(call.Workspace.Id, page.Members, call.Ct)).Select(MemberJson.Of)],
                    NextCursor = ApiCall.Next(page.Next),
                    Total = page.Group.Members,
                    TotalIsExact = true,
                }
            )
            : refusal;

    private static Task<ApiAnswer> ChangeMembersAsync(ApiCall call) =>
        call.WithAsync<GroupMembersChange>(async change =>
            (
                await call.Act<ReviseGroup>()
                    .RunAsync(
                        call.Actor,
                        call.Workspace.Id,
                        call.RouteId<Group>(),
                        call.Accepts,
                        group =>
                            (
                                GroupFacts.Of(group),
                                [new(MembershipStepKind.Add, Ids(change.Add)), new(MembershipStepKind.Remove, Ids(change.Remove))]
                            ),
                        call.Ct
                    )
            ).Is(out var changed, out var refusal)
                ? ApiAnswer.Ok(ChangedGroupJson.Of(changed, await CountAsync(call, changed.Group)), changed.Group.Version)
                : refusal
        );

    private static async Task<int> CountAsync(ApiCall call, Group group) =>
        (await call.Act<GroupList>().OneAsync(Actor.System, call.Workspace.Id, group.Id, null, 1, GroupSizes.Exact, call.Ct)).Is(
            out var page,
            out _
        )
            ? page.Group.Members
            : 0; // deleted meanwhile

    private static List<Id<Member>> Ids(IReadOnlyList<Guid> ids) => [.. ids.Select(i => new Id<Member>(i))];
}
