using System.Globalization;
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

/// <summary>Changing several members: the preview, the turns, what came of it, and the way back.</summary>
internal static class BulkEndpoints
{
    private const string Change = "/members/change";
    private const string Changed = "/members/changed";

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

        Id<BulkChange>? run = Id<BulkChange>.TryParse(visit.Field("run"), out var going) ? going : null;
        if (
            run is { } known
            && !(
                (await visit.Act<ReadMemberChange>().RunAsync(visit.Actor, visit.Workspace.Id, known, visit.Ct)).Is(out var report, out _)
                && report.Change == change
            )
        )
        {
            return Visit.Error(404, homeHref: visit.Path("/members"));
        }

        var outcome = await visit.Act<ChangeMembers>().RunAsync(visit.Actor, visit.Workspace.Id, change, asked.Choice, run, visit.Ct);
        if (!outcome.Is(out var turn, out var refusal))
        {
            return await Gate.RefusedAsync(visit, Permission.ManageMembers, refusal, () => PreviewAsync(visit, asked, refusal));
        }

        var state = asked.State with { After = turn.Next?.ToString(), Before = null };
        return Visit.SeeOther(
            visit.Path(Changed)
                + QueryString.Create(
                    new Dictionary<string, string?>
                    {
                        ["run"] = turn.Run.ToString(),
                        ["state"] = state.ToString(),
                        ["total"] = turn.Next is null ? null : visit.Field("total"),
                    }.Where(v => v.Value is { Length: > 0 })
                )
        );
    }

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

        var group = report?.Change is { Kind: MemberChangeKind.Group } change ? (await GroupsAsync(visit)).Name(change) : null;
        return (await Frame.ReadAsync(visit, Place.Members, refusal)).Show<BulkDoneScreen>(
            new()
            {
                ["Run"] = run,
                ["Report"] = report,
                ["Group"] = group,
                ["State"] = ListState.Read(visit.Query("state") ?? visit.Field("state")),
                ["Total"] = long.TryParse(visit.Query("total"), NumberStyles.None, CultureInfo.InvariantCulture, out var total) ? total : 0,
                ["GoesBack"] = visit.Query("back") is not null,
            }
        );
    }

    private static async Task<IResult> UndoAsync(Visit visit)
    {
        _ = Id<BulkChange>.TryParse(visit.Field("run"), out var run);
        var outcome = await visit.Act<UndoMemberChange>().RunAsync(visit.Actor, visit.Workspace.Id, run, visit.Ct);
        if (!outcome.Is(out var done, out var refusal))
        {
            return await Gate.RefusedAsync(visit, Permission.ManageMembers, refusal, () => ShowAsync(visit, refusal, run));
        }

        var state = ListState.Read(visit.Field("state")) with { After = null };
        return Visit.SeeOther(
            visit.Path(Changed)
                + QueryString.Create(
                    new Dictionary<string, string?>
                    {
                        ["run"] = run.ToString(),
                        ["state"] = state.ToString(),
                        ["back"] = done.More ? "1" : null,
                    }.Where(v => v.Value is { Length: > 0 })
                )
        );
    }

    private static async Task<BulkGroups> GroupsAsync(Visit visit)
    {
        var read = await visit.Act<GroupList>().RunAsync(visit.Actor, visit.Workspace.Id, null, null, 200, GroupSizes.None, visit.Ct);
        return new(read.Done ? [.. read.Value.Rows.Select(r => r.Group)] : []);
    }
}
