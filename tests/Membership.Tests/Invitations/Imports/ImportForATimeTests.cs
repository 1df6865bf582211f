using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Invitations.Imports;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Roles;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Invitations.Imports;

public sealed class ImportForATimeTests
{
    [Theory, EachDatabase]
    public async Task Who_comes_for_a_time_has_a_last_day_in_the_file(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            "csv",
            c =>
                c with
                {
                    Roles =
                    [
                        .. c.Roles,
                        c.Role("user")! with
                        {
                            Key = "host",
                            Label = "Host",
                            CanGrantUpTo = "user",
                            Permissions = ["members.read", "members.invite"],
                        },
                    ],
                }
        );
        var admin = acme.As(await acme.JoinAsync("boss@acme.test", "administrator"));
        var day = acme.Clock.GetUtcNow().UtcDateTime.Date.AddDays(30);
        string?[] days =
        [
            day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            day.ToString("d.M.yyyy", CultureInfo.InvariantCulture),
            "",
            null,
            "2020-01-01",
            "01/02/2030",
            "2999-01-01",
            new string('9', 50),
        ];
        var rows = days.Select((d, i) => new InvitationCsvRow(i + 1, $"p{i}@acme.test", "user", LastDay: d)).ToList();
        var import = (await new StartInvitationImport(acme.Store).RunAsync(admin, acme.Id, rows, default)).Value.Id;
        var faulty = (await new ReadInvitationImport(acme.Store).RunAsync(admin, acme.Id, import, true, 0, 50, default)).Value.Rows;
        Assert.Equal([5, 6, 7, 8], faulty.Select(r => r.Row.Line));
        Assert.All(faulty, r => Assert.Equal(("invalidLastDay", "lastDay"), (r.Refusal!.Code, r.Refusal.Field)));

        // one is corrected; whoever may not manage people invites nobody for a time
        await new CorrectInvitationImport(acme.Store).RunAsync(
            admin,
            acme.Id,
            import,
            [new(6, "p5@acme.test", "user", LastDay: days[0])],
            default
        );
        var host = acme.As(await acme.JoinAsync("host@acme.test", "host"));
        Assert.Equal(
            ["forbidden", "forbidden", null, null],
            (await new StartInvitationImport(acme.Store).PreviewAsync(host, acme.Id, rows[..4], default)).Value.Select(r => r.Refusal?.Code)
        );
        Assert.True((await new SendInvitationImport(acme.Store).RunAsync(admin, acme.Id, import, 5, false, default)).Done);
        while ((await new OutboxPump(acme.Store, [new WorkInvitationImport(acme.Store)]).RunAsync(default)).Count > 0) { }
        await using var db = acme.Store.Read();
        var ends = await (
            from t in db.MemberTerms
            join m in db.Members on t.MemberId equals m.Id
            orderby m.UserName
            select new { m.UserName, t.EndsAt }
        ).ToListAsync();
        Assert.Equal(["p0@acme.test", "p1@acme.test", "p5@acme.test"], ends.Select(e => e.UserName));
        Assert.All(ends, e => Assert.Equal(day.AddDays(1), e.EndsAt.UtcDateTime)); // midnight after the last day
    }
}
