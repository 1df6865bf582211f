using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>The page of one member, and what one does there and in the list.</summary>
internal static class MemberEndpoints
{
    private const string One = "/members/{id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(One, Gate.Page(Permission.ReadMembers, visit => MemberAsync(visit)));
        routes.MapGet(One + "/why", Gate.Page(Permission.ReadMembers, WhyAsync));
        routes.MapGet(One + "/app-receipts.json", Gate.Page(Permission.ReadMembers, ReceiptsAsync));
        routes.MapPost(One, Gate.Act(SaveEndpoints.SaveAsync));
        routes.MapPost(One + "/role", Gate.Act(AssignRoleAsync));
        routes.MapPost(One + "/suspend", Gate.Act(SuspendAsync));
        routes.MapPost(One + "/restore", Gate.Act(RestoreAsync));
        routes.MapGet(One + "/remove", Gate.Page(Permission.ManageMembers, visit => ConfirmRemoveAsync(visit)));
        routes.MapPost(One + "/remove", Gate.Act(RemoveAsync));
        routes.MapPost(One + "/password-reset", Gate.Act(ResetPasswordAsync));
        routes.MapGet(
            One + "/mfa",
            Gate.Page(Permission.ManageMembers, Gate.RecentlyAuthenticated(MfaPath, visit => ConfirmMfaAsync(visit)))
        );
        routes.MapPost(One + "/mfa", Gate.Act(Gate.RecentlyAuthenticated(MfaPath, ResetMfaAsync)));
        routes.MapPost(One + "/sessions", Gate.Act(EndSessionsAsync));
    }

    /// <summary>Answers an act in the member list or on a member's page that was refused: the same page with the reason.</summary>
    public static async Task<IResult> RefusedAsync(Visit visit, Id<Member> id, Refusal refusal)
    {
        if (!Refusals.StaysOnPage(refusal.Kind) || !visit.Actor.May(Permission.ReadMembers))
        {
            return Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path());
        }

        return FromMember(visit) && id != default
            ? await MemberAsync(visit, id, refusal)
            : await ListEndpoints.ListAsync(visit, ListState.Read(visit.Field("state")), refusal);
    }

    /// <summary>Leads back to where an act was posted, with a sentence.</summary>
    public static IResult Back(Visit visit, Id<Member> id, Note note)
    {
        visit.Leave(note);
        return Visit.SeeOther(
            FromMember(visit) && id != default
                ? visit.Path($"/members/{id}")
                : visit.Path("/members") + ListState.Read(visit.Field("state"))
        );
    }

    private static bool FromMember(Visit visit) => visit.Field("from") == "member";

    private static async Task<IResult> MemberAsync(Visit visit, Id<Member>? which = null, Refusal? refusal = null)
    {
        var read = await visit.Act<MemberPage>().RunAsync(visit.Actor, visit.Workspace.Id, which ?? visit.RouteId<Member>(), visit.Ct);
        if (!read.Is(out var view, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var hasFactor = visit.Actor.May(Permission.ManageMembers) && await visit.Act<ResetMfa>().IsForAsync(view.Member, visit.Ct);
        if (refusal is null && Fragment.IsWanted(visit.Http, "acts"))
        {
            return new RazorComponentResult<MemberActsFragment>(
                new
                {
                    Visit = visit,
                    view.Member,
                    view.Invitation,
                    HasFactor = hasFactor,
                    State = ListState.Read(visit.Query("state")),
                }
            );
        }

        var groups = await visit
            .Act<GroupList>()
            .RunAsync(visit.Actor, visit.Workspace.Id, null, null, GroupList.Most, GroupSizes.None, visit.Ct);
        var frame = await Frame.ReadAsync(visit, Place.Members, refusal);
        var sessions = await visit.Act<ListSessions>().OfMemberAsync(visit.Actor, visit.Workspace, view.Member.Id, visit.Ct);
        var receipts = await visit.Act<ReadAppReceipts>().RunAsync(visit.Actor, visit.Workspace.Id, view.Member.Id, visit.Ct);
        var told = await visit.Act<ListProvisioning>().AboutAsync(visit.Actor, view.Member, 10, visit.Ct);
        return frame.Show<MemberScreen>(
            new()
            {
                ["Receipts"] = receipts.Done ? receipts.Value : [],
                ["Told"] = told.Done ? told.Value : [],
                ["Sessions"] = sessions.Done ? sessions.Value.Sessions : [],
                ["HasFactor"] = hasFactor,
                ["View"] = view,
                ["Form"] = FormOf(visit, view, refusal),
                ["Groups"] = groups.Done ? groups.Value.Rows.Select(r => r.Group).ToList() : [],
            }
        );
    }

    /// <summary>What was typed and refused; what nobody typed is as it is now.</summary>
    private static MemberForm FormOf(Visit visit, MemberView view, Refusal? refusal) =>
        refusal is null || !visit.Form.ContainsKey(MemberForm.Mark) ? MemberForm.Of(visit, view) : MemberForm.Of(visit, view).Typed(visit);

    private static async Task<IResult> WhyAsync(Visit visit)
    {
        var read = await visit.Act<MemberPage>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Member>(), visit.Ct);
        return read.Is(out var view, out var refused)
            ? (await Frame.ReadAsync(visit, Place.Members)).Show<WhyScreen>(
                new() { ["View"] = view, ["State"] = ListState.Read(visit.Query("state")) }
            )
            : Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
    }

    private static async Task<IResult> ReceiptsAsync(Visit visit)
    {
        var read = await visit.Act<ReadAppReceipts>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Member>(), visit.Ct);
        return read.Is(out var receipts, out var refused)
            ? Results.File(
                System.Text.Encoding.UTF8.GetBytes(AppReceipt.Document(receipts)),
                "application/json; charset=utf-8",
                "app-receipts.json"
            )
            : Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
    }

    private static Task<IResult> AssignRoleAsync(Visit visit) =>
        ActAsync(
            visit,
            id => visit.Act<AssignRole>().RunAsync(visit.Actor, visit.Workspace.Id, id, visit.Field("role"), visit.Ct),
            member =>
                new(
                    Tone.Success,
                    SaveEndpoints.Role(visit, member),
                    visit.Field("was") is { Length: > 0 } was && was != member.Role ? Undo(visit, member, "/role", ("role", was)) : null
                )
        );

    private static Task<IResult> SuspendAsync(Visit visit) =>
        ActAsync(
            visit,
            id => visit.Act<SuspendMember>().RunAsync(visit.Actor, visit.Workspace.Id, id, visit.Ct),
            member =>
                new(
                    Tone.Success,
                    $"{Note.Cut(member.ShownName)} is suspended and has no access from now on.",
                    Undo(visit, member, "/restore")
                )
        );

    private static Task<IResult> RestoreAsync(Visit visit) =>
        ActAsync(
            visit,
            id => visit.Act<RestoreMember>().RunAsync(visit.Actor, visit.Workspace.Id, id, visit.Ct),
            member =>
                member.State == MemberState.Active
                    ? new(
                        Tone.Success,
                        $"{Note.Cut(member.ShownName)} is back as {RoleChoices.Label(visit.Configuration, member.Role)}."
                            + (member.HasSeat ? "" : NoSeat(visit))
                    )
                    : new(Tone.Info, $"{Note.Cut(member.ShownName)} is no longer kept out by an admin. {MemberWords.Why(member)}")
        );

    private static async Task<IResult> ConfirmRemoveAsync(Visit visit, Refusal? refusal = null)
    {
        var read = await visit.Act<MemberPage>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Member>(), visit.Ct);
        if (!read.Is(out var view, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        if (view.Member.Id == visit.Me.Id)
        {
            // as the act refuses it: nobody is asked whether they want what is then refused
            var own = SuspendMember.OwnMembership("remove");
            return Visit.Error(Refusals.Status(own.Kind), own.Message, visit.Path($"/members/{view.Member.Id}"));
        }

        var frame = await Frame.ReadAsync(visit, Place.Members, refusal);
        return frame.Show<RemoveScreen>(
            new() { ["View"] = view, ["State"] = visit.Query("from") == "member" ? null : ListState.Read(visit.Query("state")) }
        );
    }

    private static Task<IResult> RemoveAsync(Visit visit) =>
        ActAsync(
            visit,
            id => visit.Act<RemoveMember>().RunAsync(visit.Actor, visit.Workspace.Id, id, visit.Ct),
            member =>
                new(
                    Tone.Success,
                    $"{Note.Cut(member.ShownName)} was removed and has no access from now on.",
                    member.State == MemberState.Removed ? Undo(visit, member, "/restore") : null
                )
        );

    private static async Task<IResult> ResetPasswordAsync(Visit visit)
    {
        var id = visit.RouteId<Member>();
        var outcome = await visit.Act<SendPasswordReset>().RunAsync(visit.Actor, visit.Workspace.Id, id, visit.Ct);
        return outcome.Refusal is { } refusal
            ? await RefusedAsync(visit, id, refusal)
            : Back(visit, id, new(Tone.Success, "A link to set a new password is on its way to the address of the account."));
    }

    private static string MfaPath(Visit visit) => $"/members/{visit.RouteId<Member>()}/mfa";

    private static async Task<IResult> ConfirmMfaAsync(Visit visit, Refusal? refusal = null)
    {
        var read = await visit.Act<MemberPage>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Member>(), visit.Ct);
        if (!read.Is(out var view, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Members, refusal);
        return frame.Show<ResetMfaScreen>(new() { ["View"] = view });
    }

    private static async Task<IResult> ResetMfaAsync(Visit visit)
    {
        var id = visit.RouteId<Member>();
        var outcome = await visit.Act<ResetMfa>().RunAsync(visit.Actor, visit.Workspace.Id, id, visit.Ct);
        return outcome.Is(out var member, out var refusal)
                ? Back(
                    visit,
                    id,
                    new(Tone.Success, $"The second factor of {Note.Cut(member.ShownName)} is reset, and they are signed out everywhere.")
                )
            : Refusals.StaysOnPage(refusal.Kind) ? await ConfirmMfaAsync(visit, refusal)
            : await RefusedAsync(visit, id, refusal);
    }

    private static Task<IResult> EndSessionsAsync(Visit visit) =>
        ActAsync(
            visit,
            id => visit.Act<EndMemberSessions>().RunAsync(visit.Actor, visit.Workspace.Id, id, visit.Ct),
            member =>
                new(Tone.Success, $"{Note.Cut(member.ShownName)} proves again who they are before this {visit.Terms.Tenant} opens to them.")
        );

    private static async Task<IResult> ActAsync(Visit visit, Func<Id<Member>, Task<Outcome<Member>>> act, Func<Member, Note> say)
    {
        var id = visit.RouteId<Member>();
        var outcome = await act(id);
        return outcome.Is(out var member, out var refusal)
            ? Back(visit, member.State == MemberState.Ended ? default : id, say(member))
            : await RefusedAsync(visit, id, refusal);
    }

    /// <summary>That a role uses no seat, where others do; begins with a blank.</summary>
    internal static string NoSeat(Visit visit) => visit.Configuration.Roles.Any(r => r.NeedsSeat) ? " This role uses no seat." : "";

    private static Undo Undo(Visit visit, Member member, string act, params ReadOnlySpan<(string Name, string Value)> more)
    {
        var fields = new Dictionary<string, string>
        {
            ["from"] = visit.Field("from"),
            ["state"] = ListState.Read(visit.Field("state")).ToString(),
        };
        foreach (var (name, value) in more)
        {
            fields[name] = value;
        }

        return new(visit.Path($"/members/{member.Id}{act}"), fields);
    }
}
