using Microsoft.AspNetCore.Http;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;

namespace UserManagement.Api.Invitations;

/// <summary>Inviting, and what one does with an invitation.</summary>
internal static class InvitationEndpoints
{
    private const string All = "/workspaces/{slug}/invitations";
    private const string One = All + "/{id}";

    public static void Map(ApiTable api)
    {
        api.Get(All, ListAsync)
            .Says("List invitations", "Newest first.")
            .Needs(Permission.InviteMembers)
            .Takes(
                new("status", "Only these, by the clock; several with commas between. Without it all that the configuration shows.")
                {
                    Choices = ["pending", "accepted", "expired", "revoked"],
                    IsList = true,
                },
                new("userName", "Only those for this user name, letter case aside."),
                new("member", "Only those for the member with this id.") { IsId = true },
                ApiParameter.Limit,
                ApiParameter.Cursor
            )
            .Gives<ListJson<InvitationJson>>();
        api.Post(All, CreateAsync)
            .Says("Invite a person")
            .Needs(Permission.InviteMembers)
            .Reads<NewInvitation>()
            .Gives<IssuedInvitationJson>(StatusCodes.Status201Created);
        api.Post(All + "/batch", CreateSeveralAsync)
            .Says("Invite several people", "Each is invited or refused on their own; the answer says which, in the order of the names.")
            .Needs(Permission.InviteMembers)
            .Reads<NewInvitations>()
            .Gives<ListJson<InvitedJson>>();
        api.Get("/workspaces/{slug}/mail-quota", QuotaAsync)
            .Says("Read what is left of the day's mails", "Of invitations in the last 24 hours; links for many count for nothing in it.")
            .Needs(Permission.InviteMembers)
            .Gives<MailQuotaJson>();
        api.Get(One, ReadAsync).Says("Read an invitation").Needs(Permission.InviteMembers).Gives<InvitationJson>();
        api.Delete(One, RevokeAsync)
            .Says("Revoke an invitation", "Its links are dead at once, the name is free.")
            .Needs(Permission.InviteMembers)
            .Gives<InvitationJson>();
        api.Post(One + "/resend", ResendAsync)
            .Says("Send an invitation again", "With new links and a new lifetime; the old links are dead.")
            .Needs(Permission.InviteMembers)
            .Gives<IssuedInvitationJson>();
        api.Post(One + "/link", LinkAsync)
            .Says("Copy the link of an invitation", "The copy is audited.")
            .Needs(Permission.InviteMembers)
            .Gives<LinkJson>();
    }

    private static async Task<ApiAnswer> QuotaAsync(ApiCall call) =>
        (await call.Act<ReadMailQuota>().RunAsync(call.Actor, call.Workspace, call.Ct)).Is(out var mails, out var refusal)
            ? ApiAnswer.Ok(
                new MailQuotaJson
                {
                    PerDay = mails.IsInAll ? null : mails.Limit,
                    InAll = mails.IsInAll ? mails.Limit : null,
                    Left = mails.Left,
                }
            )
            : refusal;

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        var read = await call.Act<InvitationList>()
            .FindAsync(
                call.Actor,
                call.Workspace,
                new()
                {
                    Statuses = call.Words<InvitationStatus>("status"),
                    UserName = call.Query("userName"),
                    Member = call.Query("member") is { } member ? new(Guid.Parse(member)) : null,
                },
                call.Cursor,
                call.Limit,
                call.Ct
            );
        return read.Is(out var page, out var refusal)
            ? ApiAnswer.Ok(
                new ListJson<InvitationJson>
                {
                    Items = [.. page.Invitations.Select(i => InvitationJson.Of(i, call.Now))],
                    NextCursor = ApiCall.Next(page.Next),
                }
            )
            : refusal;
    }

    private static Task<ApiAnswer> CreateAsync(ApiCall call) =>
        call.WithAsync<NewInvitation>(async wanted =>
        {
            var request = wanted.ToRequest(call.Workspace.Configuration.Invitations, [wanted.UserName]) with
            {
                NotifyEmail = wanted.NotifyEmail,
            };
            var outcome = await call.Act<InvitePeople>().RunAsync(call.Actor, call.Workspace.Id, request, call.Ct);
            return !outcome.Is(out var invited, out var refusal) || !invited[0].Outcome.Is(out var issued, out refusal)
                ? refusal
                : ApiAnswer.Created(
                    IssuedInvitationJson.Of(issued, call.Act<Links>(), call.Now),
                    call.Path($"/invitations/{issued.Invitation.Id}")
                );
        });

    private static Task<ApiAnswer> CreateSeveralAsync(ApiCall call) =>
        call.WithAsync<NewInvitations>(async wanted =>
        {
            var outcome = await call.Act<InvitePeople>()
                .RunAsync(
                    call.Actor,
                    call.Workspace.Id,
                    wanted.ToRequest(call.Workspace.Configuration.Invitations, wanted.UserNames),
                    call.Ct
                );
            return outcome.Is(out var invited, out var refusal)
                    ? ApiAnswer.Ok(new ListJson<InvitedJson> { Items = [.. InOrder(call, wanted.UserNames, invited)] })
                : refusal.Field == "userName" ? refusal with { Field = "userNames" }
                : refusal;
        });

    /// <summary>One answer for each name that was sent, in their order: whoever puts the two side by side finds them together.</summary>
    private static IEnumerable<InvitedJson> InOrder(
        ApiCall call,
        IReadOnlyList<string> names,
        IReadOnlyList<(string UserName, Outcome<IssuedInvitation> Outcome)> invited
    )
    {
        var waiting = new Queue<(string UserName, Outcome<IssuedInvitation> Outcome)>(invited);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var key = Key.Of(Key.Identifier(name.Trim()) ?? "");
            if (key.Length == 0)
            {
                yield return new() { UserName = name, Problem = Problem.Of(Refusal.Invalid("userName", "userName is required.")) };
            }
            else if (!seen.Add(key))
            {
                yield return new()
                {
                    UserName = name,
                    Problem = Problem.Of(
                        new Refusal(RefusalKind.Conflict, "duplicateName", "This name stands in the list before.", "userName")
                    ),
                };
            }
            else if (waiting.TryDequeue(out var one))
            {
                yield return one.Outcome.Is(out var issued, out var why)
                    ? new() { UserName = one.UserName, Issued = IssuedInvitationJson.Of(issued, call.Act<Links>(), call.Now) }
                    : new() { UserName = one.UserName, Problem = Problem.Of(why) };
            }
        }
    }

    private static async Task<ApiAnswer> ReadAsync(ApiCall call) =>
        Answer(call, await call.Act<InvitationList>().OneAsync(call.Actor, call.Workspace.Id, call.RouteId<Invitation>(), call.Ct));

    private static async Task<ApiAnswer> RevokeAsync(ApiCall call) =>
        Answer(call, await call.Act<RevokeInvitation>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Invitation>(), call.Ct));

    private static async Task<ApiAnswer> ResendAsync(ApiCall call) =>
        (await call.Act<ResendInvitation>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Invitation>(), call.Ct)).Is(
            out var issued,
            out var refusal
        )
            ? ApiAnswer.Ok(IssuedInvitationJson.Of(issued, call.Act<Links>(), call.Now))
            : refusal;

    private static async Task<ApiAnswer> LinkAsync(ApiCall call) =>
        (await call.Act<CopyInvitationLink>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Invitation>(), call.Ct)).Is(
            out var secret,
            out var refusal
        )
            ? ApiAnswer.Ok(new LinkJson { Link = call.Act<Links>().Invitation(secret) })
            : refusal;

    private static ApiAnswer Answer(ApiCall call, Outcome<Invitation> outcome) =>
        outcome.Is(out var invitation, out var refusal) ? ApiAnswer.Ok(InvitationJson.Of(invitation, call.Now)) : refusal;
}
