using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;

namespace UserManagement.Api.Held;

/// <summary>What directories said and nobody has carried out.</summary>
internal static class HeldEndpoints
{
    private const string All = "/workspaces/{slug}/held";

    public static void Map(ApiTable api)
    {
        api.Get(All, ListAsync)
            .Says(
                "List whose directory's word is held",
                "In the order of their ids, with what carrying it out now would make of each (then, or the conflict that refuses it): on whom nobody "
                    + "decided, or, with kept, whose word is not carried out because an admin decided so."
            )
            .Needs(Permission.ManageDirectory)
            .Takes(
                new ApiParameter("kept", "Those who are kept instead of those who wait.") { Choices = ["true", "false"] },
                new ApiParameter("as", "Only those of whom this is held.")
                {
                    Choices = ["admission", "match", "access", "deactivation", "deletion"],
                },
                ApiParameter.Limit,
                ApiParameter.Cursor
            )
            .Gives<ListJson<HeldMemberJson>>();
        api.Get(All + "/summary", SummaryAsync)
            .Says(
                "Read what is held, in numbers",
                "With the groups that a directory would empty, and how far a decision on all is carried out."
            )
            .Needs(Permission.ManageDirectory)
            .Gives<HeldSummaryJson>();
        api.Post(All + "/decisions", DecideAsync)
            .Says(
                "Decide on what is held",
                "release carries the directory's word out, keep leaves people as they are until it says otherwise, merge makes one person of whom the "
                    + "directory would let in and sameAs, who is here already (409 cannotMerge where nobody or more than one is): the account, role, license, "
                    + "seat, groups and term stay, the directory's id is the person's, and it cannot be taken back. On members by id, each by itself; on a "
                    + "group; or on all, of which the first are done at once and the rest by a job, and after which less may be held (afterwards). All with "
                    + "release leaves out who is here already, all with merge means these alone. 409 nothingHeld where nothing waits."
            )
            .Needs(Permission.ManageDirectory)
            .Reads<HeldDecision>()
            .Gives<HeldDecidedJson>();
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        var waiting = call.Query("kept") != "true";
        HeldAs? only = Enum.TryParse<HeldAs>(call.Query("as"), ignoreCase: true, out var kind) ? kind : null;
        var read = await call.Act<ListHeld>().PageAsync(call.Actor, call.Workspace.Id, waiting, only, call.Cursor, call.Limit, call.Ct);
        return read.Is(out var page, out var refusal)
            ? ApiAnswer.Ok(
                new ListJson<HeldMemberJson> { Items = [.. page.People.Select(HeldMemberJson.Of)], NextCursor = ApiCall.Next(page.Next) }
            )
            : refusal;
    }

    private static async Task<ApiAnswer> SummaryAsync(ApiCall call) =>
        (await call.Act<ListHeld>().SummaryAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var summary, out var refusal)
            ? ApiAnswer.Ok(HeldSummaryJson.Of(summary))
            : refusal;

    private static Task<ApiAnswer> DecideAsync(ApiCall call) =>
        call.WithAsync<HeldDecision>(async wanted =>
        {
            var named = (wanted.Members is null ? 0 : 1) + (wanted.Group is null ? 0 : 1) + (wanted.All ? 1 : 0);
            if (named != 1)
            {
                return Refusal.Invalid("members", "Name members, or a group, or all: one of the three.");
            }

            if (wanted is { All: false, Afterwards: not null })
            {
                return Refusal.Invalid("afterwards", "What is held afterwards is said with a decision on all.");
            }

            var decide = call.Act<DecideHeld>();
            IReadOnlyList<DecidedHold> items = [];
            Refusal? refusal;
            if (wanted.Members is { } members)
            {
                List<Id<Member>> ids = [.. members.Select(m => new Id<Member>(m))];
                var decided = await decide.RunAsync(call.Actor, call.Workspace.Id, ids, wanted.Verdict, call.Ct);
                refusal = decided.Refusal;
                items = decided.Done ? decided.Value : [];
            }
            else if (wanted.Group is { } group)
            {
                refusal = (await decide.GroupAsync(call.Actor, call.Workspace.Id, new Id<Group>(group), wanted.Verdict, call.Ct)).Refusal;
            }
            else
            {
                refusal = (await decide.AllAsync(call.Actor, call.Workspace.Id, wanted.Verdict, wanted.Afterwards, call.Ct)).Refusal;
            }

            if (refusal is not null)
            {
                return refusal;
            }

            var summary = await call.Act<ListHeld>().SummaryAsync(call.Actor, call.Workspace.Id, call.Ct);
            return ApiAnswer.Ok(
                new HeldDecidedJson
                {
                    Items =
                    [
                        .. items.Select(i => new HeldOutcomeJson
                        {
                            Id = i.Member.Value,
                            Code = i.Refusal?.Code,
                            Message = i.Refusal?.Message,
                        }),
                    ],
                    Summary = HeldSummaryJson.Of(summary.Value),
                }
            );
        });
}
