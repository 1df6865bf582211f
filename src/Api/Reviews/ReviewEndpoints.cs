using Microsoft.AspNetCore.Http;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Reviews;

namespace UserManagement.Api.Reviews;

/// <summary>Access reviews.</summary>
internal static class ReviewEndpoints
{
    private const string All = "/workspaces/{slug}/access-reviews";
    private const string One = All + "/{id}";

    public static void Map(ApiTable api)
    {
        api.Get(All, ListAsync)
            .Says("List access reviews", "The newest first, 200 at most.")
            .Needs(Permission.ReadMembers)
            .Gives<ListJson<AccessReviewJson>>();
        api.Post(All, StartAsync)
            .Says("Start an access review", "Of everybody, of a role or of a group. 409 reviewOpen while another one is not finished.")
            .Needs(Permission.ManageMembers)
            .Reads<NewAccessReview>()
            .Gives<AccessReviewJson>(StatusCodes.Status201Created);
        api.Get(One, ReadAsync).Says("Read an access review").Needs(Permission.ReadMembers).Gives<AccessReviewJson>();
        api.Get(One + "/members", MembersAsync)
            .Says(
                "List the people of an open access review",
                $"What they have, what is odd about them, what was decided. At most {ReadAccessReview.MostLookedAt} people are looked at "
                    + "for a page: one that finds few of them, or none, leads on by nextCursor. A finished review lists nobody; its record does."
            )
            .Needs(Permission.ReadMembers)
            .Takes(
                new("show", "All, those not decided about, or of these only those with a mark. Default: all.")
                {
                    Choices = ["all", "open", "marked"],
                },
                ApiParameter.Limit,
                ApiParameter.Cursor
            )
            .Gives<ListJson<ReviewedMemberJson>>();
        api.Post(One + "/decisions", DecideAsync)
            .Says(
                "Decide about people of an access review",
                $"At most {DecideAccess.Most} at once. Each is done or refused on their own; the answer says which, in the order sent."
            )
            .Needs(Permission.ManageMembers)
            .Reads<AccessDecisions>()
            .Gives<AccessDecidedJson>();
        api.Post(One + "/finish", FinishAsync)
            .Says("Finish an access review", "It changes no more. Whom nobody decided about keeps what they have.")
            .Needs(Permission.ManageMembers)
            .Gives<AccessReviewJson>();
        api.Get(One + "/record.csv", RecordAsync)
            .Says(
                "Export the record of an access review as CSV",
                "Who decided what about whom, and when; of an open one what is decided so far."
            )
            .Needs(Permission.ReadMembers)
            .Gives<string>(mediaType: MemberCsv.MediaType);
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call) =>
        (await call.Act<ListAccessReviews>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var rows, out var refusal)
            ? ApiAnswer.Ok(new ListJson<AccessReviewJson> { Items = [.. rows.Select(r => AccessReviewJson.Of(r.Review))] })
            : refusal;

    private static Task<ApiAnswer> StartAsync(ApiCall call) =>
        call.WithAsync<NewAccessReview>(async wanted =>
            (
                await call.Act<StartAccessReview>()
                    .RunAsync(call.Actor, call.Workspace.Id, wanted.Role, wanted.Group is { } group ? new Id<Group>(group) : null, call.Ct)
            ).Is(out var review, out var refusal)
                ? ApiAnswer.Created(AccessReviewJson.Of(review), call.Path($"/access-reviews/{review.Id}"))
                : refusal
        );

    private static async Task<ApiAnswer> ReadAsync(ApiCall call) =>
        (await PageAsync(call, new() { Count = 1 })).Is(out var page, out var refusal)
            ? ApiAnswer.Ok(AccessReviewJson.Of(page.Row.Review))
            : refusal;

    private static async Task<ApiAnswer> MembersAsync(ApiCall call)
    {
        var query = new AccessReviewQuery
        {
            Show = call.Word<ReviewShow>("show") ?? ReviewShow.All,
            After = call.Cursor,
            Count = call.Limit,
        };
        return (await PageAsync(call, query)).Is(out var page, out var refusal)
            ? ApiAnswer.Ok(
                new ListJson<ReviewedMemberJson>
                {
                    Items = [.. page.Lines.Select(ReviewedMemberJson.Of)],
                    NextCursor = ApiCall.Next(page.Next),
                }
            )
            : refusal;
    }

    private static Task<Outcome<AccessReviewPage>> PageAsync(ApiCall call, AccessReviewQuery query) =>
        call.Act<ReadAccessReview>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<AccessReview>(), query, call.Ct);

    private static Task<ApiAnswer> DecideAsync(ApiCall call) =>
        call.WithAsync<AccessDecisions>(async wanted =>
            (
                await call.Act<DecideAccess>()
                    .RunAsync(
                        call.Actor,
                        call.Workspace.Id,
                        call.RouteId<AccessReview>(),
                        [.. wanted.Decisions.Select(d => new AccessChoice(new(d.Member), d.Decision))],
                        call.Ct
                    )
            ).Is(out var decided, out var refusal)
                ? ApiAnswer.Ok(AccessDecidedJson.Of(decided))
                : refusal
        );

    private static async Task<ApiAnswer> FinishAsync(ApiCall call) =>
        (await call.Act<FinishAccessReview>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<AccessReview>(), call.Ct)).Is(
            out var review,
            out var refusal
        )
            ? ApiAnswer.Ok(AccessReviewJson.Of(review))
            : refusal;

    private static async Task<ApiAnswer> RecordAsync(ApiCall call)
    {
        var begun = await call.Act<ExportAccessReview>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<AccessReview>(), call.Ct);
        return !begun.Is(out var record, out var refusal)
            ? refusal
            : new ApiAnswer
            {
                Status = StatusCodes.Status200OK,
                MediaType = MemberCsv.MediaType,
                Headers =
                [
                    (
                        "Content-Disposition",
                        $"attachment; filename=\"{call.Workspace.Row.Slug}-{AccessReviewCsv.FileName(record.Review)}\""
                    ),
                ],
                Write = (stream, ct) => AccessReviewCsv.WriteAsync(stream, record, ct),
            };
    }
}
