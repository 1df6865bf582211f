using System.Collections.Frozen;
using System.Text;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Reviews;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Reviews;

public sealed class AccessReviewTests
{
    [Theory, EachDatabase]
    [Shows("S1-35")]
    public async Task An_admin_looks_through_everybody_and_the_record_says_who_decided_what(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "ranked");
        var list = new ListAccessReviews(acme.Store);
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        var admin = acme.As(boss);
        var second = await acme.JoinAsync("second@acme.test", "admin");
        var (bob, eve) = (await acme.JoinAsync("bob@acme.test"), await acme.JoinAsync("=eve@elsewhere.test"));
        var invited = (await acme.InviteAsync("new@acme.test")).Invitation.MemberId;
        var domain = (await new ClaimEmailDomain(acme.Store).RunAsync(admin, acme.Id, "acme.test", default)).Value;
        await new VerifyEmailDomain(acme.Store).RunAsync(Actor.Operator, acme.Id, domain.Id, default);
        await SeenAsync(acme, boss);
        Assert.Null(await list.DueSinceAsync(acme.Workspace, default));
        acme.Clock.Advance(TimeSpan.FromDays(91));
        await SeenAsync(acme, bob);
        Assert.Equal(acme.Clock.GetUtcNow().AddDays(-1), await list.DueSinceAsync(acme.Workspace, default));

        var start = new StartAccessReview(acme.Store);
        var review = (await start.RunAsync(admin, acme.Id, null, null, default)).Value;
        Assert.Equal("reviewOpen", (await start.RunAsync(admin, acme.Id, "admin", null, default)).Refusal?.Code);
        Assert.Null(await list.DueSinceAsync(acme.Workspace, default)); // somebody is at it
        var read = new ReadAccessReview(acme.Store, new(acme.Store));
        var page = (await read.RunAsync(admin, acme.Id, review.Id, new(), default)).Value;
        Assert.Equal((5, true, 5), (page.Total, page.TotalIsExact, page.Lines.Count));
        Assert.Equal([ReviewMark.Inactive, ReviewMark.Admin], Marks(page, boss.Id));
        Assert.Equal([ReviewMark.NeverSignedIn, ReviewMark.Admin], Marks(page, second.Id));
        Assert.Empty(Marks(page, bob.Id));
        Assert.Equal([ReviewMark.NeverSignedIn, ReviewMark.ExternalDomain], Marks(page, eve.Id));

        // Each is done or refused on their own.
        var decide = Decide(acme);
        var decided = (
            await decide.RunAsync(
                admin,
                acme.Id,
                review.Id,
                [
                    new(boss.Id, AccessVerdict.Remove),
                    new(bob.Id, AccessVerdict.Suspend),
                    new(eve.Id, AccessVerdict.Remove),
                    new(invited, AccessVerdict.Suspend),
                    new(new(Guid.CreateVersion7()), AccessVerdict.Keep),
                    new(second.Id, AccessVerdict.Keep),
                ],
                default
            )
        ).Value;
        Assert.Equal(["ownMembership", null, null, "notJoined", "notFound", null], decided.Answers.Select(a => a.Refusal?.Code));
        Assert.Equal((1, 1, 1), (decided.Review.Kept, decided.Review.Suspended, decided.Review.Removed));
        Assert.Equal(MemberState.Suspended, (await acme.ReadAsync(bob.Id)).State);
        Assert.Equal(MemberState.Removed, (await acme.ReadAsync(eve.Id)).State);

        // Another mind before the end; who is to stay is restored by hand, a decision takes nothing back.
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        var changed = (await decide.RunAsync(acme.As(second), acme.Id, review.Id, [new(bob.Id, AccessVerdict.Remove)], default)).Value;
        Assert.Equal((1, 0, 2), (changed.Review.Kept, changed.Review.Suspended, changed.Review.Removed));
        await decide.RunAsync(admin, acme.Id, review.Id, [new(boss.Id, AccessVerdict.Keep)], default);

        var finish = new FinishAccessReview(acme.Store);
        var finished = (await finish.RunAsync(admin, acme.Id, review.Id, default)).Value;
        Assert.Equal((2L, 0L, 2L, 1L), (finished.Kept, finished.Suspended, finished.Removed, finished.NotDecided));
        Assert.Equal("reviewFinished", (await finish.RunAsync(admin, acme.Id, review.Id, default)).Refusal?.Code);
        Assert.Equal(
            "reviewFinished",
            (await decide.RunAsync(admin, acme.Id, review.Id, [new(second.Id, AccessVerdict.Remove)], default)).Refusal?.Code
        );
        Assert.Equal(MemberState.Active, (await acme.ReadAsync(second.Id)).State);
        Assert.Null(await list.DueSinceAsync(acme.Workspace, default));
        var found = Assert.Single((await list.RunAsync(admin, acme.Id, default)).Value);
        Assert.Equal((finished, boss.ShownName, boss.ShownName), (found.Review, found.StartedBy, found.FinishedBy));

        var csv = await CsvAsync(acme, admin, review);
        Assert.Equal(5, csv.Length);
        Assert.StartsWith("reviewId,reviewFinishedAt,memberId,name,userName,", csv[0], StringComparison.Ordinal);
        Assert.Contains("\"remove\"", Line(csv, bob.Id), StringComparison.Ordinal);
        Assert.Contains("\"second@acme.test\"", Line(csv, bob.Id), StringComparison.Ordinal);
        Assert.Contains("\"'=eve@elsewhere.test\"", Line(csv, eve.Id), StringComparison.Ordinal);
        Assert.Contains("\"neverSignedIn,externalDomain\",\"remove\"", Line(csv, eve.Id), StringComparison.Ordinal);
        await acme.AgreesAsync();
        var acts = (await acme.AuditAsync()).Where(a => !a.Refused).Select(a => a.Act).ToList();
        foreach (var (act, times) in new[] { ("started", 1), ("decided", 5), ("finished", 1), ("exported", 1) })
        {
            Assert.Equal(times, acts.Count(a => a == "accessReview." + act));
        }

        acme.Clock.Advance(TimeSpan.FromDays(90));
        Assert.NotNull(await list.DueSinceAsync(acme.Workspace, default));
    }

    [Theory, EachDatabase]
    [Shows("S1-35")]
    public async Task A_review_of_many_is_read_page_by_page_left_and_gone_on_with(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var admin = acme.As(await acme.JoinAsync("zz@acme.test", "admin"));
        var people = new List<Member>();
        for (var i = 0; i < 7; i++)
        {
            people.Add((await acme.ProvisionAsync($"p{i}@acme.test")).Value);
        }

        var group = (
            await new CreateGroup(acme.Store).RunAsync(
                acme.Directory,
                acme.Id,
                new() { DisplayName = "Engines" },
                [.. people.Take(6).Select(p => p.Id)],
                default
            )
        )
            .Value
            .Group;
        var review = (await new StartAccessReview(acme.Store).RunAsync(admin, acme.Id, null, group.Id, default)).Value;
        var (read, decide) = (new ReadAccessReview(acme.Store, new(acme.Store)), Decide(acme));
        var first = (await read.RunAsync(admin, acme.Id, review.Id, new() { Count = 3 }, default)).Value;
        Assert.Equal(people.Take(3).Select(p => p.Id), Ids(first));
        Assert.Equal("Engines", first.Row.Group);
        await decide.RunAsync(
            admin,
            acme.Id,
            review.Id,
            [new(people[2].Id, AccessVerdict.Keep), new(people[0].Id, AccessVerdict.Keep)],
            default
        );

        var resumed = (await read.RunAsync(admin, acme.Id, review.Id, new() { Resumes = true, Count = 2 }, default)).Value;
        Assert.Equal([people[3].Id, people[4].Id], Ids(resumed));
        var last = (await read.RunAsync(admin, acme.Id, review.Id, new() { After = resumed.Next, Count = 2 }, default)).Value;
        Assert.Equal([people[5].Id], Ids(last));
        Assert.Null(last.Next);
        var open = (await read.RunAsync(admin, acme.Id, review.Id, new() { Show = ReviewShow.Open, Count = 2 }, default)).Value;
        Assert.Equal([people[1].Id, people[3].Id], Ids(open));
        open = (await read.RunAsync(admin, acme.Id, review.Id, new() { Show = ReviewShow.Open, After = open.Next }, default)).Value;
        Assert.Equal([people[4].Id, people[5].Id], Ids(open));
        Assert.Null(open.Next);
        var marked = (await read.RunAsync(admin, acme.Id, review.Id, new() { Show = ReviewShow.Marked }, default)).Value;
        Assert.Equal(4, marked.Lines.Count);

        // Who is not in it is not decided about.
        var stranger = (await decide.RunAsync(admin, acme.Id, review.Id, [new(people[6].Id, AccessVerdict.Remove)], default)).Value;
        Assert.Equal("notFound", stranger.Answers[0].Refusal?.Code);
        Assert.Equal(MemberState.Active, (await acme.ReadAsync(people[6].Id)).State);
        var again = await decide.RunAsync(
            admin,
            acme.Id,
            review.Id,
            [new(people[1].Id, AccessVerdict.Keep), new(people[1].Id, AccessVerdict.Remove)],
            default
        );
        Assert.Equal("invalidDecisions", again.Refusal?.Code);
        var many = Enumerable.Range(0, DecideAccess.Most + 1).Select(_ => new AccessChoice(new(Guid.CreateVersion7()), AccessVerdict.Keep));
        Assert.Equal("tooMany", (await decide.RunAsync(admin, acme.Id, review.Id, [.. many], default)).Refusal?.Code);

        // Others: who may not, and another workspace.
        var other = await acme.OtherAsync();
        var viewer = admin with { Permissions = FrozenSet<string>.Empty };
        foreach (
            var refused in new[]
            {
                (await new StartAccessReview(acme.Store).RunAsync(viewer, acme.Id, null, null, default)).Refusal,
                (await decide.RunAsync(viewer, acme.Id, review.Id, [new(people[1].Id, AccessVerdict.Remove)], default)).Refusal,
                (await new FinishAccessReview(acme.Store).RunAsync(viewer, acme.Id, review.Id, default)).Refusal,
                (await new ExportAccessReview(acme.Store).RunAsync(viewer, acme.Id, review.Id, default)).Refusal,
                (await read.RunAsync(viewer, acme.Id, review.Id, new(), default)).Refusal,
                (await new ListAccessReviews(acme.Store).RunAsync(viewer, acme.Id, default)).Refusal,
            }
        )
        {
            Assert.Equal("forbidden", refused?.Code);
        }

        Assert.Equal(
            "notFound",
            (await new FinishAccessReview(acme.Store).RunAsync(Actor.Operator, other.Id, review.Id, default)).Refusal?.Code
        );
        Assert.Equal("notFound", (await read.RunAsync(Actor.Operator, other.Id, review.Id, new(), default)).Refusal?.Code);
        Assert.Equal(
            "unknownGroup",
            (await new StartAccessReview(acme.Store).RunAsync(Actor.Operator, other.Id, null, group.Id, default)).Refusal?.Code
        );
        Assert.Equal(
            "unknownRole",
            (await new StartAccessReview(acme.Store).RunAsync(Actor.Operator, other.Id, "x", null, default)).Refusal?.Code
        );

        // Two who begin one at once: one of them does.
        var both = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => new StartAccessReview(acme.Store).RunAsync(Actor.Operator, other.Id, null, null, default))
        );
        Assert.Single(both, b => b.Done);
        Assert.All(both.Where(b => !b.Done), b => Assert.Equal("reviewOpen", b.Refusal?.Code));
    }

    [Theory, EachDatabase]
    public async Task Two_who_decide_at_once_lose_no_count_and_an_erased_person_keeps_a_line_without_a_name(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var admin = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var people = new List<Member>();
        for (var i = 0; i < 6; i++)
        {
            people.Add((await acme.ProvisionAsync($"p{i}@acme.test")).Value);
        }

        var gone = people[0];
        await SeenAsync(acme, gone);
        var review = (await new StartAccessReview(acme.Store).RunAsync(admin, acme.Id, null, null, default)).Value;
        await Task.WhenAll(people.Select(p => Decide(acme).RunAsync(admin, acme.Id, review.Id, [new(p.Id, AccessVerdict.Keep)], default)));
        await Decide(acme).RunAsync(admin, acme.Id, review.Id, [new(gone.Id, AccessVerdict.Remove)], default);
        var finished = (await new FinishAccessReview(acme.Store).RunAsync(admin, acme.Id, review.Id, default)).Value;
        Assert.Equal((5, 1, 1), (finished.Kept, finished.Removed, finished.NotDecided));
        Assert.NotNull((await DecisionAsync(acme, gone.Id)).LastSignInAt);

        Assert.True((await new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, gone.Id, default)).Done);
        Assert.Null((await DecisionAsync(acme, gone.Id)).LastSignInAt);
        var line = Line(await CsvAsync(acme, admin, review), gone.Id);
        Assert.DoesNotContain("p0@acme.test", line, StringComparison.Ordinal);
        Assert.Contains("\"remove\"", line, StringComparison.Ordinal);
    }

    private static DecideAccess Decide(TestWorkspace acme) => new(acme.Store, new(acme.Store), new(acme.Store));

    private static IReadOnlyList<ReviewMark> Marks(AccessReviewPage page, Id<Member> id) =>
        page.Lines.Single(l => l.Row.Member.Id == id).Marks;

    private static IEnumerable<Id<Member>> Ids(AccessReviewPage page) => [.. page.Lines.Select(l => l.Row.Member.Id)];

    private static string Line(string[] csv, Id<Member> id) =>
        csv.Single(l => l.Contains($",\"{id}\",", StringComparison.Ordinal) && l.IndexOf($"\"{id}\"", StringComparison.Ordinal) < 90);

    private static async Task<AccessDecision> DecisionAsync(TestWorkspace acme, Id<Member> id)
    {
        await using var db = acme.Store.Read();
        return await db.AccessDecisions.AsNoTracking().SingleAsync(d => d.MemberId == id);
    }

    private static async Task<string[]> CsvAsync(TestWorkspace acme, Actor actor, AccessReview review)
    {
        var record = (await new ExportAccessReview(acme.Store).RunAsync(actor, acme.Id, review.Id, default)).Value;
        using var bytes = new MemoryStream();
        await AccessReviewCsv.WriteAsync(bytes, record, default);
        return Encoding.UTF8.GetString(bytes.ToArray()).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    private static Task<Outcome<Nothing>> SeenAsync(TestWorkspace acme, Member member) =>
        acme.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "member.seen",
            attempt =>
            {
                attempt.Changes.Add(
                    new MemberActivity
                    {
                        WorkspaceId = acme.Id,
                        MemberId = member.Id,
                        FirstSignInAt = attempt.At,
                        LastSignInAt = attempt.At,
                        LastActiveAt = attempt.At,
                    }
                );
                return Task.FromResult<Outcome<Nothing>>(default(Nothing));
            },
            default
        );
}
