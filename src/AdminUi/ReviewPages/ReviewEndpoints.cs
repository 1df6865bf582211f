using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Reviews;
using UserManagement.Ui;

namespace UserManagement.AdminUi.ReviewPages;

/// <summary>Access reviews: begin one, decide page by page, finish it, take its record.</summary>
internal static class ReviewEndpoints
{
    private const string All = "/access-reviews";
    private const string One = All + "/{id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, Gate.Page(Permission.ReadMembers, visit => ListAsync(visit)));
        routes.MapPost(All, Gate.Act(StartAsync));
        routes.MapGet(One, Gate.Page(Permission.ReadMembers, visit => ShowAsync(visit, ReviewState.Read(visit.Query))));
        routes.MapPost(One, Gate.Act(DecideAsync));
        routes.MapGet(One + "/decide", Gate.Page(Permission.ManageMembers, AskAsync));
        routes.MapGet(One + "/finish", Gate.Page(Permission.ManageMembers, visit => ConfirmAsync(visit)));
        routes.MapPost(One + "/finish", Gate.Act(FinishAsync));
        routes.MapGet(One + "/record.csv", Gate.Page(Permission.ReadMembers, RecordAsync));
    }

    private static async Task<IResult> ListAsync(Visit visit, Refusal? refusal = null)
    {
        var read = await visit.Act<ListAccessReviews>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var reviews, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var groups = await visit.Act<GroupList>().RunAsync(visit.Actor, visit.Workspace.Id, null, null, 200, GroupSizes.None, visit.Ct);
        var frame = await Frame.ReadAsync(visit, Place.Members, refusal);
        return frame.Show<ReviewsScreen>(
            new()
            {
                ["Reviews"] = reviews,
                ["Groups"] = groups.Done ? groups.Value.Rows : [],
                ["Due"] = await visit.Act<ListAccessReviews>().DueSinceAsync(visit.Workspace, visit.Ct),
            }
        );
    }

    private static async Task<IResult> StartAsync(Visit visit)
    {
        var group =
            Id<Group>.TryParse(visit.Field("group"), out var id) ? id
            : visit.Field("group").Length > 0 ? default
            : (Id<Group>?)null;
        var outcome = await visit.Act<StartAccessReview>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Field("role"), group, visit.Ct);
        return outcome.Is(out var review, out var refusal)
            ? Visit.SeeOther(visit.Path($"{All}/{review.Id}"))
            : await Gate.RefusedAsync(visit, Permission.ReadMembers, refusal, () => ListAsync(visit, refusal));
    }

    private static async Task<IResult> ShowAsync(Visit visit, ReviewState state, Refusal? refusal = null, ReviewChoices? choices = null)
    {
        var read = await visit
            .Act<ReadAccessReview>()
            .RunAsync(
                visit.Actor,
                visit.Workspace.Id,
                visit.RouteId<AccessReview>(),
                new()
                {
                    Show = state.Show,
                    After = PageCursor.Read(state.After),
                    Resumes = state.Resumes,
                },
                visit.Ct
            );
        if (!read.Is(out var page, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path(All));
        }

        var frame = await Frame.ReadAsync(visit, Place.Members, refusal);
        return frame.Show<ReviewScreen>(
            new()
            {
                ["Page"] = page,
                ["State"] = state,
                ["Choices"] = choices ?? ReviewChoices.ReadQuery(visit),
            }
        );
    }

    /// <summary>Decides; where somebody's access is to end, that is asked first.</summary>
    private static async Task<IResult> DecideAsync(Visit visit)
    {
        var state = ReviewState.Read(name => visit.Field(name) is { Length: > 0 } value ? value : null);
        var choices = ReviewChoices.Read(visit);
        if (choices.EndsAccess && !visit.Ticked("confirmed") && visit.Actor.May(Permission.ManageMembers))
        {
            return Visit.SeeOther(visit.Path($"{All}/{visit.RouteId<AccessReview>()}/decide") + choices.Query(state));
        }

        var outcome = await visit
            .Act<DecideAccess>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<AccessReview>(), choices.All, visit.Ct);
        if (!outcome.Is(out var decided, out var refusal))
        {
            return await Gate.RefusedAsync(visit, Permission.ReadMembers, refusal, () => ShowAsync(visit, state, refusal, choices));
        }

        var refused = decided.Answers.Where(a => a.Refusal is not null).ToList();
        var done = decided.Answers.Count - refused.Count;
        visit.Leave(
            new(
                refused.Count > 0 ? Tone.Warning
                    : done > 0 ? Tone.Success
                    : Tone.Info,
                done == 0 && refused.Count == 0
                    ? "Nothing was decided."
                    : string.Join(
                        ' ',
                        [
                            $"Saved for {Frame.Number(done)} {(done == 1 ? visit.Terms.Person : visit.Terms.People)}.",
                            .. refused.Count > 0 ? [$"Not done for {Frame.Number(refused.Count)}:"] : Array.Empty<string>(),
                            .. refused.Select(r => r.Refusal!.Message).Distinct().Take(3),
                        ]
                    )
            )
        );
        var next = refused.Count == 0 && done > 0 && visit.Field("next") is { Length: > 0 } place ? place : state.After;
        return Visit.SeeOther(
            visit.Path($"{All}/{decided.Review.Id}") + (state with { After = next, Resumes = next is null && state.Resumes })
        );
    }

    /// <summary>Asks before somebody's access ends: who they are, and what is done to them.</summary>
    private static async Task<IResult> AskAsync(Visit visit)
    {
        var (state, choices) = (ReviewState.Read(visit.Query), ReviewChoices.ReadQuery(visit));
        if (!choices.EndsAccess)
        {
            return await ShowAsync(visit, state); // nothing was sent
        }

        var read = await visit
            .Act<ReadAccessReview>()
            .OfAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<AccessReview>(), [.. choices.All.Select(c => c.Member)], visit.Ct);
        if (!read.Is(out var lines, out var refused))
        {
            return await Gate.RefusedAsync(visit, Permission.ReadMembers, refused, () => ShowAsync(visit, state, refused));
        }

        var ending = choices
            .All.Where(c => c.Verdict != AccessVerdict.Keep)
            .DistinctBy(c => c.Member)
            .ToDictionary(c => c.Member, c => c.Verdict);
        var people = lines.Select(l => l.Row.Member).Where(m => ending.ContainsKey(m.Id)).ToList();
        if (people.Count == 0)
        {
            return await ShowAsync(visit, state, Refusal.Stale()); // somebody else removed them all
        }

        // oneself, and who is beyond oneself, stay: of them the act says so
        var offered = people.Where(m => ReviewWords.For(visit, m).Any(c => c.Value == ReviewWords.Field(ending[m.Id]))).ToList();
        var spared = offered.Count == 0 ? 0 : people.Count - offered.Count;
        people = offered.Count == 0 ? people : offered;
        var alone =
            people is [var one] && ending[one.Id] == AccessVerdict.Remove
                ? await visit.Act<MemberPage>().RunAsync(visit.Actor, visit.Workspace.Id, one.Id, visit.Ct)
                : Refusal.NotFound("member");
        return (await Frame.ReadAsync(visit, Place.Members)).Show<EndAccessScreen>(
            new()
            {
                ["Review"] = visit.RouteId<AccessReview>(),
                ["State"] = state,
                ["Choices"] = choices,
                ["Removed"] = people.Where(m => ending[m.Id] == AccessVerdict.Remove).ToList(),
                ["Suspended"] = people.Where(m => ending[m.Id] == AccessVerdict.Suspend).ToList(),
                ["Spared"] = spared,
                ["Alone"] = alone.Done ? alone.Value : null,
            }
        );
    }

    private static async Task<IResult> ConfirmAsync(Visit visit, Refusal? refusal = null)
    {
        var read = await visit
            .Act<ReadAccessReview>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<AccessReview>(), new() { Count = 1 }, visit.Ct);
        if (!read.Is(out var page, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path(All));
        }

        var frame = await Frame.ReadAsync(visit, Place.Members, refusal);
        return frame.Show<FinishReviewScreen>(new() { ["Page"] = page });
    }

    private static async Task<IResult> FinishAsync(Visit visit)
    {
        var outcome = await visit
            .Act<FinishAccessReview>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<AccessReview>(), visit.Ct);
        if (!outcome.Is(out var review, out var refusal))
        {
            return await Gate.RefusedAsync(visit, Permission.ReadMembers, refusal, () => ConfirmAsync(visit, refusal));
        }

        visit.Leave(new(Tone.Success, "The review is finished. Its record stays here."));
        return Visit.SeeOther(visit.Path($"{All}/{review.Id}"));
    }

    private static async Task<IResult> RecordAsync(Visit visit)
    {
        var begun = await visit
            .Act<ExportAccessReview>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<AccessReview>(), visit.Ct);
        return begun.Is(out var record, out var refusal)
            ? Results.Stream(
                stream => AccessReviewCsv.WriteAsync(stream, record, visit.Ct),
                MemberCsv.MediaType,
                $"{visit.Workspace.Row.Slug}-{AccessReviewCsv.FileName(record.Review)}"
            )
            : Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path(All));
    }
}
