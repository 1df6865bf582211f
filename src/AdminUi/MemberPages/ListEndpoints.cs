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
using UserManagement.Membership.Reviews;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>The member list, also as a file.</summary>
internal static class ListEndpoints
{
    private const int MostFound = 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/members", Gate.Page(Permission.ReadMembers, visit => ListAsync(visit, ListState.Read(visit.Http.Request.Query))));
        routes.MapGet("/members/in-group", Gate.Page(Permission.ReadMembers, ChooseGroupAsync));
        routes.MapGet("/members.csv", Gate.Page(Permission.ReadMembers, ExportAsync));
    }

    /// <summary>Shows the list; null for a refusal that stands above it, of an act in a row.</summary>
    public static async Task<IResult> ListAsync(Visit visit, ListState state, Refusal? refusal = null)
    {
        var read = await visit.Act<MemberList>().RunAsync(visit.Actor, visit.Workspace.Id, state.ToQuery(), visit.Ct);
        if (!read.Is(out var page, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        if (refusal is null && Fragment.IsWanted(visit.Http, MemberResults.Id))
        {
            return new RazorComponentResult<MemberResults>(
                new
                {
                    Visit = visit,
                    State = state,
                    Page = page,
                }
            );
        }

        var frame = await Frame.ReadAsync(visit, Place.Members, refusal);
        return frame.Show<MembersScreen>(
            new()
            {
                ["State"] = state,
                ["Page"] = page,
                ["Group"] = state.Group is { } group ? await GroupNameAsync(visit, group) : null,
                ["Groups"] = await GroupsAsync(visit),
                ["ReviewDue"] = visit.Actor.May(Permission.ManageMembers)
                    ? await visit.Act<ListAccessReviews>().DueAsync(visit.Workspace, visit.Ct)
                    : null,
                ["SetUp"] = await SetUpAsync(visit, state),
                ["SignedIn"] = visit.Words.ActiveHaveSignedIn ? await SignedInAsync(visit) : null,
            }
        );
    }

    private static async Task<List<Group>> GroupsAsync(Visit visit)
    {
        var read = await visit
            .Act<GroupList>()
            .RunAsync(visit.Actor, visit.Workspace.Id, null, null, MembersScreen.MostGroups + 1, GroupSizes.None, visit.Ct);
        return read.Is(out var page, out _) ? [.. page.Rows.Select(r => r.Group)] : [];
    }

    private static async Task<IResult> ChooseGroupAsync(Visit visit)
    {
        var search = visit.Query("q");
        var read = await visit
            .Act<GroupList>()
            .RunAsync(visit.Actor, visit.Workspace.Id, search, null, MostFound, GroupSizes.None, visit.Ct);
        return read.Is(out var page, out var refused)
            ? (await Frame.ReadAsync(visit, Place.Members)).Show<GroupChoice>(
                new()
                {
                    ["Page"] = page,
                    ["Search"] = search,
                    ["State"] = ListState.Read(visit.Query("state")),
                }
            )
            : Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
    }

    private static async Task<string?> GroupNameAsync(Visit visit, Id<Group> group)
    {
        var read = await visit.Act<GroupList>().OneAsync(visit.Actor, visit.Workspace.Id, group, null, 1, GroupSizes.None, visit.Ct);
        return read.Is(out var found, out _) ? found.Group.Group.DisplayName : null;
    }

    /// <summary>The first steps, beside the whole list alone: who searches or turns pages is past them.</summary>
    private static async Task<IReadOnlyList<SetUpStep>> SetUpAsync(Visit visit, ListState state) =>
        state.ToString().Length == 0
        && visit.Actor.May(Permission.ConfigureWorkspace)
        && (await visit.Act<ReadSetUp>().RunAsync(visit.Actor, visit.Workspace, visit.Ct)).Is(out var steps, out _)
            ? steps
            : [];

    private static async Task<SignedInCount> SignedInAsync(Visit visit)
    {
        await using var db = visit.Act<Store>().Read();
        return await SignedInCount.ReadAsync(db, visit.Workspace.Id, visit.Ct);
    }

    private static async Task<IResult> ExportAsync(Visit visit)
    {
        var query = ListState.Read(visit.Http.Request.Query).ToQuery() with { After = null, Before = null };
        var begun = await visit.Act<ExportMembers>().RunAsync(visit.Actor, visit.Workspace.Id, query, visit.Ct);
        return begun.Is(out var export, out var refusal)
            ? Results.Stream(
                stream => MemberCsv.WriteAsync(stream, MemberCsv.Usual, export.Lines, visit.Ct),
                MemberCsv.MediaType,
                $"{visit.Workspace.Row.Slug}-members.csv"
            )
            : Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path());
    }
}
