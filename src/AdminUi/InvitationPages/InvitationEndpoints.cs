using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.AdminUi.MemberPages;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Ui;

namespace UserManagement.AdminUi.InvitationPages;

/// <summary>Inviting, the list of invitations, and what one does with one of them.</summary>
internal static class InvitationEndpoints
{
    private const string One = "/invitations/{id}";
    private const string Made = "/invitations/made";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/invite", Gate.Page(Permission.InviteMembers, visit => FormAsync(visit, InviteForm.New(visit))));
        routes.MapPost("/invite", Gate.Act(InviteAsync));
        routes.MapPost("/invite/check", Gate.Act(CheckAsync));
        routes.MapGet(Made, Gate.Page(Permission.InviteMembers, MadeAsync));
        routes.MapGet("/invitations", Gate.Page(Permission.InviteMembers, visit => ListAsync(visit)));
        routes.MapPost(One + "/link", Gate.Act(ShowLinkAsync));
        routes.MapPost(One + "/resend", Gate.Act(ResendAsync));
        routes.MapGet(One + "/revoke", Gate.Page(Permission.InviteMembers, ConfirmRevokeAsync));
        routes.MapPost(One + "/revoke", Gate.Act(RevokeAsync));
    }

    /// <summary>The list's tabs: query value, label, status; null for all.</summary>
    public static IReadOnlyList<(string? Key, string Label, InvitationStatus? Status)> Tabs { get; } =
    [
        ("pending", "Pending", InvitationStatus.Pending),
        ("expired", "Expired", InvitationStatus.Expired),
        ("accepted", "Accepted", InvitationStatus.Accepted),
        ("revoked", "Revoked", InvitationStatus.Revoked),
        (null, "All", null),
    ];

    private static async Task<IResult> FormAsync(Visit visit, InviteForm form, Refusal? refusal = null)
    {
        var frame = await Frame.ReadAsync(visit, Place.Invitations, refusal);
        return frame.Show<InviteScreen>(new(await OfferedAsync(visit)) { ["Form"] = form });
    }

    /// <summary>What the fields of the form offer.</summary>
    private static async Task<Dictionary<string, object?>> OfferedAsync(Visit visit)
    {
        var groups = await visit
            .Act<GroupList>()
            .RunAsync(visit.Actor, visit.Workspace.Id, null, null, GroupList.Most, GroupSizes.None, visit.Ct);
        var mails = await visit.Act<ReadMailQuota>().RunAsync(visit.Actor, visit.Workspace, visit.Ct);
        return new()
        {
            ["Mails"] = mails.Done ? mails.Value : null,
            ["Groups"] = groups.Done ? groups.Value.Rows.Select(r => r.Group).Where(g => !g.IsDirectoryManaged).ToList() : [],
        };
    }

    private static async Task<IResult> InviteAsync(Visit visit)
    {
        var form = InviteForm.Read(visit);
        var wanted = form.ToRequest(visit.Configuration.Invitations.Several && !form.One);
        return await Once.LeadAsync(
            visit,
            Permission.InviteMembers,
            async () =>
            {
                var outcome = await visit.Act<InvitePeople>().RunAsync(visit.Actor, visit.Workspace.Id, wanted, visit.Ct);
                return !outcome.Is(out var invited, out var refusal) ? refusal
                    : invited is [var (_, only)] && only.Refusal is { } one ? one
                    : Kept(form, invited);
            },
            (_, query) => Made + query,
            refusal => RefusedFormAsync(visit, form, refusal)
        );
    }

    private static Outcome<MadeInvitations> Kept(
        InviteForm form,
        IReadOnlyList<(string UserName, Outcome<IssuedInvitation> Outcome)> invited
    )
    {
        var left = invited.Where(i => !i.Outcome.Done).Select(i => i.UserName).ToList();
        return new MadeInvitations(
            MadeKind.Invited,
            [
                .. invited.Select(i =>
                    i.Outcome.Is(out var issued, out var refusal)
                        ? new MadeInvitation(i.UserName, issued.Invitation.Id.Value, null)
                        : new MadeInvitation(i.UserName, null, refusal.Message)
                ),
            ],
            left.Count == 0 ? null : form with { People = string.Join('\n', left) }
        );
    }

    /// <summary>
    /// What became of a form: each invitation as it stands now, with its link. Those who were not invited stand in a form again, with all
    /// else as it was sent. Loading it again repeats nothing.
    /// </summary>
    private static async Task<IResult> MadeAsync(Visit visit)
    {
        if (await Once.MadeAsync<MadeInvitations>(visit) is not { } made)
        {
            return Visit.Error(
                404,
                "What was made is shown for a day, in the session in which it was made.",
                visit.Path("/invitations"),
                homeLabel: visit.Words.Invitations
            );
        }

        var read = await visit.Act<ReadIssuedInvitations>().RunAsync(visit.Actor, visit.Workspace, made.Ids(), visit.Ct);
        if (!read.Is(out var found, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Invitations);
        if (made.Kind == MadeKind.Invited)
        {
            Dictionary<string, object?> more = made.Typed is { } again ? new(await OfferedAsync(visit)) { ["Again"] = again } : [];
            more["Made"] = made;
            more["Found"] = found;
            return frame.Show<InvitedScreen>(more);
        }

        return found.Values.FirstOrDefault() is { } shown
            ? frame.Show<LinkScreen>(
                new()
                {
                    ["Shown"] = shown,
                    ["Resent"] = made.Kind == MadeKind.Resent,
                    ["BackHref"] = BackPath(visit, visit.Query("state")),
                }
            )
            : Visit.Error(404, homeHref: visit.Path("/invitations"));
    }

    /// <summary>Which names the texts in the form are, and what stands against each: for the chips. Nothing is kept.</summary>
    private static async Task<IResult> CheckAsync(Visit visit)
    {
        UiHeaders.Store(visit.Http);
        var read = await visit
            .Act<CheckInvited>()
            .RunAsync(visit.Actor, visit.Workspace.Id, InviteForm.Read(visit).ToRequest(several: true), visit.Ct);
        if (!read.Is(out var names, out var refused))
        {
            return refused.Kind == RefusalKind.Invalid
                ? Results.Json(new { says = refused.Message }, JsonSerializerOptions.Web)
                : Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var faulty = names.Count(n => n.Refusal is not null);
        return Results.Json(
            new
            {
                entries = names.Select(n => new { text = n.UserName, why = n.Refusal?.Message }),
                says = (names.Count == 1 ? "1 person" : $"{names.Count} people") + (faulty == 0 ? "" : $", {faulty} cannot be invited"),
            },
            JsonSerializerOptions.Web
        );
    }

    private static Task<IResult> RefusedFormAsync(Visit visit, InviteForm form, Refusal refusal) =>
        visit.Actor.May(Permission.InviteMembers)
            ? FormAsync(visit, form, refusal)
            : Task.FromResult(Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path()));

    private static async Task<IResult> ListAsync(Visit visit, Refusal? refusal = null)
    {
        var tab = Tabs.FirstOrDefault(t =>
            t.Key
            == (visit.Query("status") ?? (visit.Http.Request.Query.ContainsKey("all") || visit.Words.InvitationsAreTab ? null : "pending"))
        );
        var read = await visit
            .Act<InvitationList>()
            .RunAsync(visit.Actor, visit.Workspace, tab.Status, PageCursor.Read(visit.Query("after")), Rows.OnPage, visit.Ct);
        if (!read.Is(out var page, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Invitations, refusal);
        return frame.Show<InvitationsScreen>(new() { ["Page"] = page, ["Tab"] = tab.Key });
    }

    private static Task<IResult> ShowLinkAsync(Visit visit)
    {
        var id = visit.RouteId<Invitation>();
        return Once.LeadAsync(
            visit,
            async () =>
                (await visit.Act<CopyInvitationLink>().RunAsync(visit.Actor, visit.Workspace.Id, id, visit.Ct)).Is(out _, out var refusal)
                    ? MadeInvitations.One(MadeKind.Link, id)
                    : (Outcome<MadeInvitations>)refusal,
            (_, query) => Made + query + State(visit),
            refusal => RefusedAsync(visit, refusal)
        );
    }

    private static Task<IResult> ResendAsync(Visit visit)
    {
        var id = visit.RouteId<Invitation>();
        return Once.LeadAsync(
            visit,
            Permission.InviteMembers,
            async () =>
                (await visit.Act<ResendInvitation>().RunAsync(visit.Actor, visit.Workspace.Id, id, visit.Ct)).Is(out _, out var refusal)
                    ? MadeInvitations.One(MadeKind.Resent, id)
                    : (Outcome<MadeInvitations>)refusal,
            (_, query) => Made + query + State(visit),
            refusal => RefusedAsync(visit, refusal)
        );
    }

    /// <summary>Which list of members the form was sent from, for the way back.</summary>
    private static string State(Visit visit) =>
        visit.Form.ContainsKey("state") ? "&state=" + Uri.EscapeDataString(visit.Field("state")) : "";

    private static async Task<IResult> ConfirmRevokeAsync(Visit visit)
    {
        var read = await visit.Act<InvitationList>().OneAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Invitation>(), visit.Ct);
        if (!read.Is(out var invitation, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Invitations);
        return frame.Show<RevokeScreen>(
            new() { ["Invitation"] = invitation, ["State"] = visit.Query("state") is { } state ? ListState.Read(state) : null }
        );
    }

    private static async Task<IResult> RevokeAsync(Visit visit)
    {
        var outcome = await visit.Act<RevokeInvitation>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Invitation>(), visit.Ct);
        if (!outcome.Is(out var invitation, out var refusal))
        {
            return await RefusedAsync(visit, refusal);
        }

        visit.Leave(
            new(
                Tone.Success,
                invitation.Stored == InvitationStatus.Expired
                    ? $"{Note.Cut(invitation.UserName)} is off the list. The invitation had expired."
                    : $"The invitation of {Note.Cut(invitation.UserName)} is void. Its links are dead."
            )
        );
        return Visit.SeeOther(BackPath(visit));
    }

    private static Task<IResult> RefusedAsync(Visit visit, Refusal refusal) =>
        !Refusals.StaysOnPage(refusal.Kind) || !visit.Actor.May(Permission.InviteMembers)
            ? Task.FromResult(Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path()))
        : visit.Form.ContainsKey("state") ? MemberEndpoints.RefusedAsync(visit, default, refusal)
        : ListAsync(visit, refusal);

    private static string BackPath(Visit visit) => BackPath(visit, visit.Form.ContainsKey("state") ? visit.Field("state") : null);

    private static string BackPath(Visit visit, string? state) =>
        state is not null && visit.Actor.May(Permission.ReadMembers)
            ? visit.Path("/members") + ListState.Read(state)
            : visit.Path("/invitations");
}
