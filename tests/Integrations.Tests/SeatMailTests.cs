using UserManagement.Membership.Access;
using UserManagement.Membership.Members.Terms;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Integrations.Tests;

public class SeatMailTests
{
    [Theory, EachDatabase]
    public async Task Whoever_gets_a_seat_in_turn_is_told_and_the_admins_in_one_letter_for_all(Database kind)
    {
        await using var acme = await MailedWorkspace.NewAsync(kind, capacity: new() { Seats = 2, OnFull = OnFull.Waitlist });
        var (_, cleo, dan) = (await acme.AddAsync("bob"), await acme.AddAsync("cleo"), await acme.AddAsync("dan"));
        await acme.LimitAsync(new() { Seats = 4, OnFull = OnFull.Waitlist });
        var told = await acme.FoundAsync(m => m.Recipients.Contains("cleo@example.com"));
        Assert.Equal("You have a seat in Acme", told.Subject);
        Assert.Contains("the role Member now", told.Text, StringComparison.Ordinal);
        await acme.FoundAsync(m => m.Recipients.Contains("dan@example.com"));
        acme.Clock.Advance(TimeSpan.FromMinutes(2));
        var one = await acme.FoundAsync(m => m.Recipients.Contains("ada@example.com"));
        Assert.Equal("2 got a seat in Acme", one.Subject);
        Assert.Contains("cleo@example.com", one.Text, StringComparison.Ordinal);
        Assert.Contains("/w/acme/seats/waiting", one.Text, StringComparison.Ordinal);

        // and a sponsor is reminded
        var ends = acme.Clock.GetUtcNow().AddDays(3);
        await new SetMemberTerm(acme.Server.Store).RunAsync(Actor.Operator, acme.Id, dan.Id, ends, cleo.Id, default);
        await new CarryOutTerms(acme.Server.Store).RunAsync(default);
        var reminded = await acme.FoundAsync(m => m.Subject.StartsWith("The time of", StringComparison.Ordinal));
        Assert.Equal(["cleo@example.com"], reminded.Recipients);
        Assert.Single(acme.Mail.Mails, m => m.Recipients.Contains("ada@example.com"));
    }

    [Theory, EachDatabase]
    [Shows("S4-52")]
    public async Task Admins_are_told_who_came_in_without_a_seat_and_that_some_came_free(Database kind)
    {
        await using var acme = await MailedWorkspace.NewAsync(kind, capacity: new() { Seats = 2, OnFull = OnFull.Downgrade });
        await acme.AddAsync("bob");
        await acme.AddAsync("cleo");
        await acme.AddAsync("dan");
        acme.Clock.Advance(TimeSpan.FromMinutes(2));
        var wanted = await acme.FoundAsync(m => m.Recipients.Contains("ada@example.com"));
        Assert.Equal("2 people wait for a seat in Acme", wanted.Subject);
        Assert.Contains("cleo@example.com", wanted.Text, StringComparison.Ordinal);
        Assert.Contains("dan@example.com", wanted.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("bob@example.com", wanted.Text, StringComparison.Ordinal);
        Assert.Contains("/w/acme/seats/waiting", wanted.Text, StringComparison.Ordinal);

        await acme.LimitAsync(new() { Seats = 3, OnFull = OnFull.Downgrade });
        acme.Clock.Advance(TimeSpan.FromMinutes(2));
        var told = await acme.FoundAsync(m => m.Subject == "Seats came free in Acme");
        Assert.Contains("1 seat is free now, and 2 people wait for one", told.Text, StringComparison.Ordinal);
        Assert.Contains("/w/acme/seats/waiting", told.Text, StringComparison.Ordinal);
    }
}
