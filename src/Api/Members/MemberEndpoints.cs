using System.Text.Json;
using Microsoft.AspNetCore.Http;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Roles;

namespace UserManagement.Api.Members;

/// <summary>The people of a workspace, and what one does with them.</summary>
internal static class MemberEndpoints
{
    private const string All = "/workspaces/{slug}/members";
    private const string One = All + "/{id}";

    private static readonly string[] Sorts =
    [
        .. Enum.GetValues<MemberSort>().Select(s => s.ToString().ToLowerInvariant()).SelectMany(s => new[] { s, "-" + s }),
    ];

    private static readonly ApiParameter[] Filters =
    [
        new(
            "q",
            "Beginnings of words of name or address, separated by blanks; all must match. Where more than 500 match, those come "
                + "first whose place in the list begins so."
        ),
        new("status", "Only this state. Without it all but the removed.")
        {
            Choices = ["invited", "provisioned", "active", "suspended", "removed"],
        },
        new("userName", "Only the one with this user name, letter case aside."),
        new("email", "Only those with this mail address, letter case aside."),
        new("externalId", "Only those with this id of the directory's, compared by case."),
        new("group", "Only the members of the group with this id.") { IsId = true },
        new("role", "Only the role with this key."),
        new("license", "Only the license with this key."),
        new("seat", "Only people with, or without, a seat.") { Choices = ["with", "without"] },
        new(
            "sort",
            "By name, role, status, seat or license, within it by name; by groups, each person once, in their first (turned round: their "
                + "last) group, who is in none at the end, and a page may hold fewer than asked for although others follow; by address "
                + "(email), or by when somebody joined, was last active (activity) or signed in (signin), with those who never did at the end; a minus turns it round. Default: name."
        )
        {
            Choices = Sorts,
        },
    ];

    public static void Map(ApiTable api)
    {
        api.Get(All, ListAsync)
            .Says(
                "List members",
                "A page costs the same however many people there are. userName, email and externalId look one up exactly."
            )
            .Needs(Permission.ReadMembers)
            .Takes([.. Filters, ApiParameter.Limit, ApiParameter.Cursor])
            .Gives<ListJson<MemberJson>>();
        api.Get(All + ".csv", ExportAsync)
            .Says(
                "Export members as CSV",
                "Everybody who matches, not one page. Cells that a spreadsheet would run as a formula are written as text, "
                    + "with an apostrophe before them."
            )
            .Needs(Permission.ReadMembers)
            .Takes([
                .. Filters,
                new(
                    "columns",
                    "Columns in their order, separated by commas. Default: id,email,firstName,lastName,isAdmin,hasSeat. Also: "
                        + string.Join(", ", MemberCsv.More)
                        + ", and attributes.NAME for each attribute that the workspace defines."
                ),
            ])
            .Gives<string>(mediaType: MemberCsv.MediaType);
        api.Get(One, ReadAsync).Says("Read a member").Needs(Permission.ReadMembers).Gives<MemberJson>().Versioned();
        api.Patch(One, EditAsync)
            .Says("Change a member", "Names, role and license: all that is sent or nothing. User name and address are not editable.")
            .Needs(Permission.ManageMembers)
            .Reads<MemberChange>()
            .Gives<MemberJson>()
            .Versioned()
            .IfMatch();
        api.Delete(One, RemoveAsync)
            .Says(
                "Remove a member",
                "From this workspace alone; it can be restored. Somebody who was only invited is gone with the invitation."
            )
            .Needs(Permission.ManageMembers)
            .Gives<MemberJson>()
            .Versioned()
            .IfMatch();
        api.Get(One + "/access", AccessAsync).Says("Why does this person have access?").Needs(Permission.ReadMembers).Gives<AccessJson>();
        api.Put(One + "/role", AssignRoleAsync)
            .Says("Give a member another role")
            .Needs(Permission.ManageMembers)
            .Reads<RoleChange>()
            .Gives<MemberJson>()
            .Versioned()
            .IfMatch();
        api.Put(One + "/license", AssignLicenseAsync)
            .Says("Give a member another license")
            .Needs(Permission.ManageMembers)
            .Reads<LicenseChange>()
            .Gives<MemberJson>()
            .Versioned()
            .IfMatch();
        api.Put(One + "/term", TermEndpoints.SetAsync)
            .Says(
                "Set until when somebody is a member",
                "On the end they are suspended; the sponsor, or without one the admins, are reminded a week before. Null for no end."
            )
            .Needs(Permission.ManageMembers)
            .Reads<TermChange>()
            .Gives<TermChange>();
        api.Post(One + "/suspend", SuspendAsync)
            .Says("Suspend a member", "No access from the next request on; the seat is free.")
            .Needs(Permission.ManageMembers)
            .Gives<MemberJson>()
            .Versioned()
            .IfMatch();
        api.Post(One + "/restore", RestoreAsync)
            .Says("Take back a suspension or a removal")
            .Needs(Permission.ManageMembers)
            .Gives<MemberJson>()
            .Versioned()
            .IfMatch();
        api.Post(One + "/password-reset", ResetPasswordAsync)
            .Says("Mail a link to set a new password", "To the address that is stored with the person's account.")
            .Needs(Permission.ManageMembers);
        api.Post(One + "/mfa-reset", ResetMfaAsync)
            .Says(
                "Reset a member's second factor",
                "Takes authenticator app, passkeys and recovery codes away and ends all sessions of the account; refused while "
                    + "the person administers another workspace."
            )
            .Needs(Permission.ManageMembers);
        api.Get(One + "/export", PersonAsync)
            .Says(
                "Export all that is held about a person",
                "One document: memberships, the directory's document, grants, groups, invitations, account, sessions, and the "
                    + "audit log's lines about them and by them; no secrets. Also for somebody who has left and is not yet erased."
            )
            .Needs(Permission.ConfigureWorkspace)
            .Gives<JsonElement>();
        api.Post(One + "/erase", EraseAsync)
            .Says(
                "Erase a person who has left",
                "What is erased by itself some days after a membership ended, at once and for good; audit lines keep ids, act, "
                    + "time and a digest. Refused (409 stillMember) unless an admin removed them or their directory deleted them. "
                    + "Other workspaces keep what they hold."
            )
            .Needs(Permission.ConfigureWorkspace)
            .Gives<ErasedJson>();
        api.Get(One + "/sessions", SessionsAsync)
            .Says("List a member's sessions", "Those that open this workspace: how and when, not from where.")
            .Needs(Permission.ManageMembers)
            .Gives<ListJson<MemberSessionJson>>();
        api.Delete(One + "/sessions", EndSessionsAsync)
            .Says("End a member's sessions", "In this workspace, from the next request on: the person proves anew who they are.")
            .Needs(Permission.ManageMembers);
        api.Get(One + "/app-receipts", ReceiptsAsync)
            .Says(
                "List when apps lost their access to a person",
                "For each app and sign-in: the act, when refresh and access by reference ended with it, when the app acknowledged its "
                    + "logout token, or since when it has not. Kept for some months; the newest first, at most 500."
            )
            .Needs(Permission.ReadMembers)
            .Gives<ListJson<AppReceiptJson>>();
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        if (Unknown(call) is { } unknown)
        {
            return unknown;
        }

        var query = Filter(call) with
        {
            Count = call.Limit,
            After = call.GoesBack ? null : call.Cursor,
            Before = call.GoesBack ? call.Cursor : null,
        };
        var read = await call.Act<MemberList>().RunAsync(call.Actor, call.Workspace.Id, query, call.Ct);
        return !read.Is(out var page, out var refusal)
            ? refusal
            : ApiAnswer.Ok(
                new ListJson<MemberJson>
                {
                    Items = [.. page.Rows.Select(MemberJson.Of)],
                    NextCursor = ApiCall.Next(page.Next),
                    PreviousCursor = ApiCall.Previous(page.Previous),
                    Total = page.Total,
                    TotalIsExact = page.TotalIsExact,
                }
            );
    }

    private static async Task<ApiAnswer> ExportAsync(ApiCall call)
    {
        if (Unknown(call) is { } unknown)
        {
            return unknown;
        }

        if (MemberCsv.Columns(call.Query("columns"), call.Workspace.Configuration.Scim) is not { } columns)
        {
            return Problem.BadRequest("invalidParameter", MemberCsv.Choice, "columns");
        }

        var begun = await call.Act<ExportMembers>().RunAsync(call.Actor, call.Workspace.Id, Filter(call), call.Ct);
        return !begun.Is(out var export, out var refusal)
            ? refusal
            : new ApiAnswer
            {
                Status = StatusCodes.Status200OK,
                MediaType = MemberCsv.MediaType,
                Headers = [("Content-Disposition", $"attachment; filename=\"{call.Workspace.Row.Slug}-members.csv\"")],
                Write = (stream, ct) => MemberCsv.WriteAsync(stream, columns, export.Lines, ct),
            };
    }

    private static async Task<ApiAnswer> ReadAsync(ApiCall call) =>
        (await call.Act<MemberPage>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Member>(), call.Ct)).Is(
            out var view,
            out var refusal
        )
            ? Show(new(view.Member, view.Activity, view.Invitation, [], view.Groups))
            : refusal;

    private static async Task<ApiAnswer> AccessAsync(ApiCall call) =>
        (await call.Act<MemberPage>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Member>(), call.Ct)).Is(
            out var view,
            out var refusal
        )
            ? ApiAnswer.Ok(AccessJson.Of(view, call.Workspace.Configuration, call.Now))
            : refusal;

    private static Task<ApiAnswer> EditAsync(ApiCall call) =>
        call.WithAsync<MemberChange>(async change =>
        {
            var edit = new MemberEdit
            {
                Seen = call.Seen,
                Names = new(call.Sent("givenName"), change.GivenName, call.Sent("familyName"), change.FamilyName),
                Role = call.Sent("role") ? change.Role ?? "" : null,
                License = call.Sent("license") ? new(change.License) : null,
            };
            var outcome = await call.Act<EditMember>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Member>(), edit, call.Ct);
            return await AnswerAsync(call, outcome.Is(out var done, out var refusal) ? done.After : refusal);
        });

    private static Task<ApiAnswer> AssignRoleAsync(ApiCall call) =>
        call.WithAsync<RoleChange>(async change =>
            await AnswerAsync(
                call,
                await call.Act<AssignRole>()
                    .RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Member>(), change.Role, call.Seen, call.Ct)
            )
        );

    private static Task<ApiAnswer> AssignLicenseAsync(ApiCall call) =>
        call.WithAsync<LicenseChange>(async change =>
            await AnswerAsync(
                call,
                await call.Act<AssignLicense>()
                    .RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Member>(), change.License, call.Seen, call.Ct)
            )
        );

    private static async Task<ApiAnswer> SuspendAsync(ApiCall call) =>
        await AnswerAsync(
            call,
            await call.Act<SuspendMember>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Member>(), call.Seen, call.Ct)
        );

    private static async Task<ApiAnswer> RestoreAsync(ApiCall call) =>
        await AnswerAsync(
            call,
            await call.Act<RestoreMember>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Member>(), call.Seen, call.Ct)
        );

    private static async Task<ApiAnswer> RemoveAsync(ApiCall call) =>
        await AnswerAsync(
            call,
            await call.Act<RemoveMember>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Member>(), call.Seen, call.Ct)
        );

    private static async Task<ApiAnswer> ResetPasswordAsync(ApiCall call) =>
        (await call.Act<SendPasswordReset>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Member>(), call.Ct)).Refusal
            is { } refusal
            ? refusal
            : ApiAnswer.NoContent;

    private static async Task<ApiAnswer> ResetMfaAsync(ApiCall call) =>
        (await call.Act<ResetMfa>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Member>(), call.Ct)).Refusal is { } refusal
            ? refusal
            : ApiAnswer.NoContent;

    private static async Task<ApiAnswer> PersonAsync(ApiCall call) =>
        (await call.Act<ExportPerson>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Member>(), call.Ct)).Is(
            out var document,
            out var refusal
        )
            ? new ApiAnswer
            {
                Status = StatusCodes.Status200OK,
                MediaType = "application/json",
                Write = document.WriteAsync,
            }
            : refusal;

    private static async Task<ApiAnswer> EraseAsync(ApiCall call) =>
        (await call.Act<ErasePerson>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Member>(), call.Ct)).Is(
            out var erased,
            out var refusal
        )
            ? ApiAnswer.Ok(
                new ErasedJson
                {
                    AuditLines = erased.Lines,
                    Account = erased.Account,
                    Again = erased.Again,
                }
            )
            : refusal;

    private static async Task<ApiAnswer> SessionsAsync(ApiCall call)
    {
        var read = await call.Act<ListSessions>().OfMemberAsync(call.Actor, call.Workspace, call.RouteId<Member>(), call.Ct);
        return !read.Is(out var found, out var refusal)
            ? refusal
            : ApiAnswer.Ok(new ListJson<MemberSessionJson> { Items = [.. found.Sessions.Select(MemberSessionJson.Of)] });
    }

    private static async Task<ApiAnswer> EndSessionsAsync(ApiCall call) =>
        (await call.Act<EndMemberSessions>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Member>(), call.Ct)).Refusal
            is { } refusal
            ? refusal
            : ApiAnswer.NoContent;

    private static async Task<ApiAnswer> ReceiptsAsync(ApiCall call)
    {
        var read = await call.Act<ReadAppReceipts>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Member>(), call.Ct);
        return !read.Is(out var found, out var refusal)
            ? refusal
            : ApiAnswer.Ok(new ListJson<AppReceiptJson> { Items = [.. found.Select(AppReceiptJson.Of)] });
    }

    private static MemberListQuery Filter(ApiCall call) =>
        new()
        {
            Search = call.Query("q"),
            Status = call.Word<MemberState>("status"),
            UserName = call.Query("userName"),
            Email = call.Query("email"),
            ExternalId = call.Query("externalId"),
            Group = call.Query("group") is { } group ? new(Guid.Parse(group)) : null,
            Role = call.Query("role"),
            License = call.Query("license"),
            Seat = call.Query("seat") switch
            {
                "with" => true,
                "without" => false,
                _ => null,
            },
            Sort = Enum.Parse<MemberSort>((call.Query("sort") ?? "name").TrimStart('-'), ignoreCase: true),
            Descending = call.Query("sort") is ['-', ..],
        };

    /// <summary>A role or license that this workspace does not have is a slip of whoever asks, no empty list.</summary>
    private static Refusal? Unknown(ApiCall call)
    {
        var configuration = call.Workspace.Configuration;
        return call.Query("role") is { } role && configuration.Role(role) is null ? Refusal.Unknown("role", "There is no such role.")
            : call.Query("license") is { } license && configuration.License(license) is null
                ? Refusal.Unknown("license", "There is no such license type.")
            : null;
    }

    private static async Task<ApiAnswer> AnswerAsync(ApiCall call, Outcome<Member> outcome) =>
        outcome.Is(out var member, out var refusal)
            ? Show((await call.Act<MemberList>().RowsAsync(call.Workspace.Id, [member], call.Ct))[0])
            : refusal;

    private static ApiAnswer Show(MemberRow row)
    {
        var shown = MemberJson.Of(row);
        return ApiAnswer.Ok(shown, shown.Version) with { Beside = shown.Beside() };
    }
}
