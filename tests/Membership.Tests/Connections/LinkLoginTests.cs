using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Connections;

public class LinkLoginTests
{
    [Theory, EachDatabase]
    public async Task A_linked_login_leads_to_the_same_account_and_no_address_ever_links_by_itself(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var (google, entra) = (await rig.PlatformAsync(ConnectionKind.Google), await rig.PlatformAsync(ConnectionKind.Entra));
        var (session, who) = await JoinAsync(rig, google);
        Assert.Equal("unknownPerson", (await rig.SignInAsync(rig.Who(entra))).Refusal?.Code); // the same address
        var link = new LinkLogin(rig.Acme.Store);
        Assert.Null((await link.RunAsync(who, rig.Who(entra), null, default)).Value);
        Assert.Equal(session.Row.AccountId, (await rig.SignInAsync(rig.Who(entra))).Value.Row.AccountId);
        Assert.Null((await link.RunAsync(who, rig.Who(entra), null, default)).Refusal); // a second time is harmless
        Assert.Equal((1, 2, 2), await rig.MadeAsync());
    }

    [Theory, EachDatabase]
    public async Task Linking_needs_a_fresh_proof_that_reaches_beyond_one_workspace_and_an_answer_of_its_own(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var (google, own) = (
            await rig.PlatformAsync(ConnectionKind.Google),
            await rig.OwnAsync(ConnectionKind.Oidc, d => d with { UnknownMayJoin = true })
        );
        var theirs = await rig.OwnAsync(ConnectionKind.Oidc, of: await rig.Acme.OtherAsync());
        var (_, who) = await JoinAsync(rig, google);
        var link = new LinkLogin(rig.Acme.Store);
        Assert.Equal("connectionNotTaken", (await link.RunAsync(who, rig.Who(theirs), null, default)).Refusal?.Code);
        var answer = rig.Who(own, subject: "mine");
        Assert.Null((await link.RunAsync(who, answer, null, default)).Refusal);
        Assert.Equal("answerUsed", (await link.RunAsync(who, answer, null, default)).Refusal?.Code);

        var bounded = (await rig.ReadAsync((await rig.SignInAsync(rig.Who(own, subject: "mine"))).Value))!;
        Assert.Equal("otherSignInNeeded", (await link.RunAsync(bounded, rig.Who(google, subject: "another"), null, default)).Refusal?.Code);
        Assert.True(
            (
                await new SetPassword(rig.Acme.Store, new() { Iterations = 1000 }).RunAsync(
                    bounded,
                    null,
                    "a quiet green harbour",
                    Browser.Unknown,
                    default
                )
            ).Refusal
                is { Code: "noLocalLogin" }
        );
        rig.Acme.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("signInAgain", (await link.RunAsync(who, rig.Who(google, subject: "another"), null, default)).Refusal?.Code);
        Assert.Equal("signInAgain", (await new UnlinkLogin(rig.Acme.Store).RunAsync(who, who.Login!.Id, default)).Refusal?.Code);
    }

    [Theory, EachDatabase]
    public async Task A_login_of_somebody_else_stays_theirs(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        await JoinAsync(rig, google);
        var (_, eve) = await JoinAsync(rig, google, "eve@acme.com", "subject-eve");
        Assert.Equal("loginTaken", (await new LinkLogin(rig.Acme.Store).RunAsync(eve, rig.Who(google), null, default)).Refusal?.Code);
        await using var db = rig.Acme.Store.Read();
        var theirs = db.Logins.First(l => l.AccountId != eve.Account.Id);
        Assert.Equal("notFound", (await new UnlinkLogin(rig.Acme.Store).RunAsync(eve, theirs.Id, default)).Refusal?.Code);
    }

    [Theory, EachDatabase]
    public async Task The_last_way_in_stays_also_when_the_last_two_are_unlinked_at_once(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var (google, entra) = (await rig.PlatformAsync(ConnectionKind.Google), await rig.PlatformAsync(ConnectionKind.Entra));
        var (_, who) = await JoinAsync(rig, google);
        var unlink = new UnlinkLogin(rig.Acme.Store);
        Assert.Equal("lastWayIn", (await unlink.RunAsync(who, who.Login!.Id, default)).Refusal?.Code);
        _ = (await new LinkLogin(rig.Acme.Store).RunAsync(who, rig.Who(entra), null, default)).Value;
        var mine = (await new ListLogins(rig.Acme.Store).RunAsync(who, default)).Logins;
        var rivals = await Rivals.RaceAsync(2, i => unlink.RunAsync(who, mine[i].Login.Id, default));
        Assert.Single(rivals, r => r.Required.Done);
        Assert.Equal("lastWayIn", rivals.Single(r => !r.Required.Done).Required.Refusal!.Code);
        Assert.Equal(1, (await rig.MadeAsync()).Logins);
    }

    private static async Task<(OpenedSession Session, SignedIn Who)> JoinAsync(
        ConnectionRig rig,
        IdentityConnection connection,
        string userName = "jo@acme.com",
        string subject = "subject-1"
    )
    {
        var secret = await rig.InviteAsync(userName);
        var session = (await rig.SignInAsync(rig.Who(connection, userName, subject), secret)).Value;
        _ = (await rig.AcceptAsync(session, secret)).Value;
        return (session, (await rig.ReadAsync(session))!);
    }

    [Theory, EachDatabase]
    public async Task The_many_logins_of_a_removed_connection_go_in_pieces_and_open_nothing_meanwhile(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        await using var db = rig.Acme.Store.Read();
        for (var i = 0; i < (2 * DropLogins.Most) + 1; i++)
        {
            db.Add(
                new Login
                {
                    Id = Id<Login>.New(TimeProvider.System),
                    ConnectionId = google.Id,
                    Issuer = google.Authority,
                    Subject = $"subject-{i}",
                    AccountId = Id<Account>.New(TimeProvider.System),
                    CreatedAt = rig.Acme.Clock.Now,
                    Version = 1,
                }
            );
        }

        await db.SaveChangesAsync();
        Assert.True((await new RemoveConnection(rig.Acme.Store).RunAsync(Actor.Operator, default, google.Id, default)).Done);
        Assert.Equal(DropLogins.Most + 1, await db.Logins.CountAsync());
        var message = await db.OutboxMessages.SingleAsync(m => m.Kind == Membership.Outbox.OutboxKind.ConnectionRemoved);
        Assert.Equal(Membership.Outbox.Delivery.Done, await new DropLogins(rig.Acme.Store).DeliverAsync(message, default));
        Assert.Equal(0, await db.Logins.CountAsync());
    }
}
