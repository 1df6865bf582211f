using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Bulk;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>Changing several members: the preview, the change or the job, what came of it, and the way back.</summary>
internal static class BulkEndpoints
{
    private const string Change = "/members/change";
    private const string Changed = "/members/changed";
    private const string RefreshEvery = "2";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Change, Gate.Page(Permission.ManageMembers, visit => PreviewAsync(visit, BulkAsked.Read(visit.Http.Request.Query))));
        routes.MapPost(Change, Gate.Act(RunAsync));
        routes.MapGet(Changed, Gate.Page(Permission.ManageMembers, visit => ShowAsync(visit)));
        routes.MapPost(Change + "/undo", Gate.Act(UndoAsync));
    }

    private static async Task<IResult> PreviewAsync(Visit visit, BulkAsked asked, Refusal? refusal = null)
    {
        var groups = await GroupsAsync(visit);
        var preview =
            asked.Change is { } change && refusal is null
                ? await visit.Act<PreviewMemberChange>().RunAsync(visit.Actor, visit.Workspace.Id, change, asked.Choice, visit.Ct)
                : (Outcome<MemberChangePreview>?)null;
        if (preview?.Refusal is { Kind: RefusalKind.Forbidden or RefusalKind.NotFound } no)
        {
            return Visit.Error(Refusals.Status(no.Kind), no.Message, visit.Path("/members"));
        }

        // nobody selected is told in words; it is no fault of the address
        var nobody = asked is { All: false, Ids.Count: 0 };
        var frame = await Frame.ReadAsync(visit, Place.Members, refusal ?? (nobody ? null : preview?.Refusal));
        return frame.Show<BulkScreen>(
            new()
            {
                ["Asked"] = asked,
                ["Preview"] = preview is { Done: true, Value: { } rows } ? rows : null,
                ["Groups"] = groups,
            }
        );
    }

    private static async Task<IResult> RunAsync(Visit visit)
    {
        var asked = BulkAsked.Read(visit.Form);
        if (asked.Change is not { } change)
        {
            return visit.Actor.Demand(visit.Workspace.Id, Permission.ManageMembers) is { } barred
                ? Visit.Error(Refusals.Status(barred.Kind), barred.Message, visit.Path())
                : await PreviewAsync(visit, asked, Refusal.Invalid("act", "Choose what is to be changed."));
        }

        Outcome<Id<BulkChange>> outcome;
        if (asked.All)
        {
            // however many they are: the server works it off, and this browser may be closed
            var started = await visit
                .Act<StartMemberChange>()
                .RunAsync(visit.Actor, visit.Workspace.Id, change, asked.State.ToQuery(), visit.Ct);
            outcome = started.Is(out var job, out var no) ? job.Id : no;
        }
        else
        {
            var changed = await visit.Act<ChangeMembers>().RunAsync(visit.Actor, visit.Workspace.Id, change, asked.Choice, null, visit.Ct);
            outcome = changed.Is(out var turn, out var no) ? turn.Run : no;
        }

        return outcome.Is(out var run, out var refusal)
            ? To(visit, run, asked.State)
            : await Gate.RefusedAsync(visit, change.Permission, refusal, () => PreviewAsync(visit, asked, refusal));
    }

    private static IResult To(Visit visit, Id<BulkChange> run, ListState state) =>
        Visit.SeeOther(
            visit.Path(Changed)
                + QueryString.Create(
                    new Dictionary<string, string?>
                    {
                        ["run"] = run.ToString(),
                        ["state"] = (state with { After = null, Before = null }).ToString(),
                    }.Where(v => v.Value is { Length: > 0 })
                )
        );

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null, Id<BulkChange>? which = null)
    {
        _ = Id<BulkChange>.TryParse(visit.Query("run"), out var asked);
        var run = which ?? asked;
        MemberChangeReport? report = null;
        if (run != default)
        {
            var read = await visit.Act<ReadMemberChange>().RunAsync(visit.Actor, visit.Workspace.Id, run, visit.Ct);
            if (!read.Is(out report, out var refused))
            {
                return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path("/members"));
            }
        }

        if (report?.Job is { IsWorked: true })
        {
            visit.Http.Response.Headers["Refresh"] = RefreshEvery; // no script is needed, and none may fail
        }

        var group = report?.Change is { Kind: MemberChangeKind.Group } change ? (await GroupsAsync(visit)).Name(change) : null;
        return (await Frame.ReadAsync(visit, Place.Members, refusal)).Show<BulkDoneScreen>(
            new()
            {
                ["Run"] = run,
                ["Report"] = report,
                ["Group"] = group,
                ["State"] = ListState.Read(visit.Query("state") ?? visit.Field("state")),
            }
        );
    }

    private static async Task<IResult> UndoAsync(Visit visit)
    {
        _ = Id<BulkChange>.TryParse(visit.Field("run"), out var run);
        var outcome = await visit.Act<UndoMemberChange>().RunAsync(visit.Actor, visit.Workspace.Id, run, visit.Ct);
        if (outcome.Refusal is { } refusal)
        {
            return await Gate.RefusedAsync(visit, Permission.ManageMembers, refusal, () => ShowAsync(visit, refusal, run));
        }

        return To(visit, run, ListState.Read(visit.Field("state")));
    }

    private static async Task<BulkGroups> GroupsAsync(Visit visit)
    {
        var read = await visit
            .Act<GroupList>()
            .RunAsync(visit.Actor, visit.Workspace.Id, null, null, GroupList.Most, GroupSizes.None, visit.Ct);
        return new(read.Done ? [.. read.Value.Rows.Select(r => r.Group)] : []);
    }
}
