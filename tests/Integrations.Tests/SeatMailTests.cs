using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Terms;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Integrations.Tests;

public class SeatMailTests
{
    [Theory, EachDatabase]
    public async Task Whoever_gets_a_seat_in_turn_is_told_and_the_admins_in_one_letter_for_all(Database kind)
    {
        await using var mail = MailSink.Start();
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        await using var server = await TestServer.StartAsync(database, clock, mail);
        var acme = (await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)).Value;
        var link = await new InviteAdmin(server.Store).RunAsync(Actor.Operator, acme.Id, "ada@example.com", TimeSpan.FromHours(1), default);
        await new UseOneTimeLink(server.Store).RunAsync(link.Value, Browser.Unknown, default);
        var wanted = acme.Configuration with
        {
            Capacity = new() { Seats = 2, OnFull = OnFull.Waitlist },
        };
        await new ChangeConfiguration(server.Store).RunAsync(Actor.Operator, acme.Id, null, wanted, default);
        var (_, cleo, dan) = (
            await AddAsync(server, acme, "bob"),
            await AddAsync(server, acme, "cleo"),
            await AddAsync(server, acme, "dan")
        );
        var more = wanted with { Capacity = wanted.Capacity with { Seats = 4 } };
        await new ChangeConfiguration(server.Store).RunAsync(Actor.Operator, acme.Id, null, more, default);
        var told = await mail.WaitForAsync(m => m.Recipients.Contains("cleo@example.com"), TimeSpan.FromSeconds(20));
        Assert.Equal("You have a seat in Acme", told.Subject);
        Assert.Contains("the role Member now", told.Text, StringComparison.Ordinal);
        await mail.WaitForAsync(m => m.Recipients.Contains("dan@example.com"), TimeSpan.FromSeconds(20));
        clock.Advance(TimeSpan.FromMinutes(2));
        var looks = 0;
        var one = await Until.FoundAsync(() =>
        {
            if (++looks % 50 == 0)
            {
                clock.Advance(TimeSpan.FromSeconds(1)); // whoever had just looked looks again
            }

            return mail.Mails.FirstOrDefault(m => m.Recipients.Contains("ada@example.com"));
        });
        Assert.Equal("2 got a seat in Acme", one.Subject);
        Assert.Contains("cleo@example.com", one.Text, StringComparison.Ordinal);
        Assert.Contains("/w/acme/seats/waiting", one.Text, StringComparison.Ordinal);

        // and a sponsor is reminded
        await new SetMemberTerm(server.Store).RunAsync(Actor.Operator, acme.Id, dan.Id, clock.GetUtcNow().AddDays(3), cleo.Id, default);
        await new CarryOutTerms(server.Store).RunAsync(default);
        var reminded = await mail.WaitForAsync(
            m => m.Subject.StartsWith("The time of", StringComparison.Ordinal),
            TimeSpan.FromSeconds(20)
        );
        Assert.Equal(["cleo@example.com"], reminded.Recipients);
        Assert.Single(mail.Mails, m => m.Recipients.Contains("ada@example.com"));
    }

    [Theory, EachDatabase]
    public async Task Admins_who_give_seats_by_hand_are_told_that_some_came_free_while_people_wait(Database kind)
    {
        await using var mail = MailSink.Start();
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        await using var server = await TestServer.StartAsync(database, clock, mail);
        var acme = (await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)).Value;
        var link = await new InviteAdmin(server.Store).RunAsync(Actor.Operator, acme.Id, "ada@example.com", TimeSpan.FromHours(1), default);
        await new UseOneTimeLink(server.Store).RunAsync(link.Value, Browser.Unknown, default);
        var wanted = acme.Configuration with
        {
            Capacity = new() { Seats = 2, OnFull = OnFull.Downgrade },
        };
        await new ChangeConfiguration(server.Store).RunAsync(Actor.Operator, acme.Id, null, wanted, default);
        await AddAsync(server, acme, "bob");
        await AddAsync(server, acme, "cleo");
        await AddAsync(server, acme, "dan");
        var more = wanted with { Capacity = wanted.Capacity with { Seats = 3 } };
        await new ChangeConfiguration(server.Store).RunAsync(Actor.Operator, acme.Id, null, more, default);
        clock.Advance(TimeSpan.FromMinutes(2));
        var looks = 0;
        var told = await Until.FoundAsync(() =>
        {
            if (++looks % 50 == 0)
            {
                clock.Advance(TimeSpan.FromSeconds(1)); // whoever had just looked looks again
            }

            return mail.Mails.FirstOrDefault(m => m.Recipients.Contains("ada@example.com"));
        });
        Assert.Equal("Seats came free in Acme", told.Subject);
        Assert.Contains("1 seat is free now, and 2 people wait for one", told.Text, StringComparison.Ordinal);
        Assert.Contains("/w/acme/seats/waiting", told.Text, StringComparison.Ordinal);
    }

    private static async Task<Member> AddAsync(TestServer server, WorkspaceContext acme, string name) =>
        (
            await new ProvisionMember(server.Store).RunAsync(
                Actor.Operator,
                acme.Id,
                new()
                {
                    UserName = $"{name}@example.com",
                    Email = $"{name}@example.com",
                    Active = true,
                },
                default
            )
        ).Value;
}
