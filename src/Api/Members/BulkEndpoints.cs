using Microsoft.AspNetCore.Http;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Bulk;

namespace UserManagement.Api.Members;

/// <summary>Changing several members by one call, looking at it first, and taking it back.</summary>
internal static class BulkEndpoints
{
    private const string All = "/workspaces/{slug}/members/changes";
    private const string Matching = All + "/matching";

    public static void Map(ApiTable api)
    {
        api.Post(All, ChangeAsync)
            .Says(
                "Change several members",
                $"A role, a license, a group, suspension, removal, or the invitation once more for up to {MemberChoice.Most} members: each "
                    + "by the rules of the call for one, so that one who is refused keeps nobody else from it. With dryRun nothing is changed, and the answer tells what would be; what "
                    + "the first take or free counts for the later ones. Adding to a group needs groups.manage."
            )
            .Needs(Permission.ManageMembers)
            .Reads<MembersToChange>()
            .Gives<MembersChangedJson>();
        api.Post(Matching, StartAsync)
            .Says(
                "Change all members that match",
                "A job (202, Location) that is worked off whoever waits for it, by the rules of the call for one: who is refused keeps nobody "
                    + "else from it. Sending invitations again (resend) needs members.invite, and cannot be taken back."
            )
            .Needs(Permission.ManageMembers)
            .Reads<MatchingToChange>()
            .Gives<MemberChangeReportJson>(StatusCodes.Status202Accepted);
        api.Get(All + "/{id}", ReadAsync)
            .Says("Read what a change of several members did", "Of whoever made it alone.")
            .Needs(Permission.ReadMembers)
            .Gives<MemberChangeReportJson>();
        api.Post(All + "/{id}/undo", UndoAsync)
            .Says(
                "Take back a change of several members",
                "By whoever made it, for a quarter of an hour, as far as nothing else happened to those people since. Somebody who was only "
                    + "invited when they were removed does not come back. 409 undoOver when it is too late."
            )
            .Needs(Permission.ManageMembers)
            .Gives<MemberChangeUndoneJson>();
    }

    private static Task<ApiAnswer> ChangeAsync(ApiCall call) =>
        call.WithAsync<MembersToChange>(async wanted =>
        {
            var change = new BulkChange(wanted.Kind, wanted.Value ?? "");
            var choice = new MemberChoice { Ids = [.. wanted.Members.Select(m => new Id<Member>(m))] };
            if (wanted.DryRun)
            {
                var looked = await call.Act<PreviewMemberChange>().RunAsync(call.Actor, call.Workspace.Id, change, choice, call.Ct);
                return looked.Is(out var preview, out var no)
                    ? ApiAnswer.Ok(MembersChangedJson.Of(null, preview.Rows, choice.Ids.Except(preview.Rows.Select(r => r.Before.Id))))
                    : no;
            }

            var outcome = await call.Act<ChangeMembers>().RunAsync(call.Actor, call.Workspace.Id, change, choice, null, call.Ct);
            return outcome.Is(out var turn, out var refusal)
                ? ApiAnswer.Ok(MembersChangedJson.Of(turn.Run.Value, turn.Rows, turn.Missing))
                : refusal;
        });

    private static Task<ApiAnswer> StartAsync(ApiCall call) =>
        call.WithAsync<MatchingToChange>(async wanted =>
        {
            var started = await call.Act<StartMemberChange>()
                .RunAsync(call.Actor, call.Workspace.Id, new(wanted.Kind, wanted.Value ?? ""), wanted.Match.ToQuery(), call.Ct);
            if (!started.Is(out var run, out var refusal))
            {
                return refusal;
            }

            var read = await call.Act<ReadMemberChange>().RunAsync(call.Actor, call.Workspace.Id, run.Id, call.Ct);
            return read.Is(out var report, out refusal)
                ? ApiAnswer.Created(MemberChangeReportJson.Of(run.Id.Value, report), call.Path($"/members/changes/{run.Id}")) with
                {
                    Status = StatusCodes.Status202Accepted,
                }
                : refusal;
        });

    private static async Task<ApiAnswer> ReadAsync(ApiCall call) =>
        (await call.Act<ReadMemberChange>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<BulkChange>(), call.Ct)).Is(
            out var report,
            out var refusal
        )
            ? ApiAnswer.Ok(MemberChangeReportJson.Of(call.RouteId<BulkChange>().Value, report))
            : refusal;

    private static async Task<ApiAnswer> UndoAsync(ApiCall call) =>
        (await call.Act<UndoMemberChange>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<BulkChange>(), call.Ct)).Is(
            out var done,
            out var refusal
        )
            ? ApiAnswer.Ok(
                new MemberChangeUndoneJson
                {
                    Undone = done.Undone,
                    Kept = done.Kept,
                    Running = done.More,
                }
            )
            : refusal;
}
