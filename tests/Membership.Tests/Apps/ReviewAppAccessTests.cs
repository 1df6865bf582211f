using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Outbox;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Apps;

/// <summary>A look through what sign-ins gave apps goes on where the turn before ended, until nobody is left.</summary>
public sealed class ReviewAppAccessTests
{
    private const string Cause = "workspace.configured Page";

    [Theory, EachDatabase]
    public async Task More_than_one_turn_takes_are_looked_through_turn_by_turn_each_of_them_once(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var (mine, others) = (await AppAsync(acme, "Notes"), await AppAsync(acme, "Plans"));
        await GrantAsync(acme, mine, 7);
        await GrantAsync(acme, others, 2);
        acme.Clock.Advance(TimeSpan.FromSeconds(1));
        var at = acme.Clock.Now;
        await acme.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test.asked",
            attempt =>
            {
                attempt.Changes.Send(
                    OutboxKind.AppReview,
                    mine.Id,
                    ReviewAppAccess.SubjectOf(ReviewAppAccess.OfClient, mine.Id, Cause),
                    null
                );
                return Task.FromResult<Outcome<Nothing>>(default(Nothing));
            },
            default
        );

        // pages of two, one page a turn: 2, 2, 2 and the last
        var pump = new OutboxPump(acme.Store, [new ReviewAppAccess(acme.Store, new(acme.Store)) { Most = 2, MostPages = 1 }]);
        foreach (var left in new[] { 5, 3, 1, 0 })
        {
            acme.Clock.Advance(TimeSpan.FromSeconds(1));
            var round = Assert.Single(await pump.RunAsync(default));
            Assert.Equal(DeliveryEnd.Done, round.Delivery.End);
            Assert.Equal(left, await StandingAsync(acme, mine));
        }

        Assert.Empty(await pump.RunAsync(default));
        Assert.Equal(2, await StandingAsync(acme, others));
        await using var db = acme.Store.Read();
        var receipts = await db.AppEndings.AsNoTracking().ToListAsync();
        Assert.Equal(7, receipts.Count);
        Assert.All(receipts, r => Assert.Equal((mine.ClientId, Cause, at), (r.ClientId, r.Cause, r.EndedAt)));
        var told = await db.OutboxMessages.AsNoTracking().Where(m => m.Kind == OutboxKind.AppLogout).Select(m => m.About).ToListAsync();
        Assert.Equal(receipts.Select(r => r.Id).Order(), told.Order());
    }

    private static async Task<int> StandingAsync(TestWorkspace acme, Client app)
    {
        await using var db = acme.Store.Read();
        return await db.AppGrants.CountAsync(g => g.ApplicationId == app.Id && g.Status == AppAccess.Valid);
    }

    private static async Task<Client> AppAsync(TestWorkspace acme, string name) => (
            await new CreateClient(acme.Store).RunAsync(
                Actor.Operator,
                null,
                null,
                new()
                {
                    ClientName = name,
                    RedirectUris = ["https://notes.acme.test/cb"],
                    BackChannelLogoutUri = "https://notes.acme.test/logout",
                },
                default
            )
        ).Value.Row;

    /// <summary>Grants of so many people whose session is gone: none of them may use the app any more.</summary>
    private static async Task GrantAsync(TestWorkspace acme, Client app, int people)
    {
        var done = await acme.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test.granted",
            attempt =>
            {
                for (var i = 0; i < people; i++)
                {
                    attempt.Changes.Add(
                        new AppGrant
                        {
                            Id = Ids.Next(attempt.Time),
                            ApplicationId = app.Id,
                            AccountId = Id<Account>.New(attempt.Time),
                            WorkspaceId = acme.Id,
                            SessionId = Id<Session>.New(attempt.Time),
                            Subject = $"person {i}",
                            Status = AppAccess.Valid,
                            Type = AppAccess.AdHoc,
                            CreationDate = attempt.At.UtcDateTime,
                        }
                    );
                }

                return Task.FromResult<Outcome<Nothing>>(default(Nothing));
            },
            default
        );
        Assert.True(done.Done, done.Refusal?.Message);
    }
}
