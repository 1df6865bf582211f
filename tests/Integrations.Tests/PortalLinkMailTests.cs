using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Integrations.Tests;

public class PortalLinkMailTests
{
    [Theory, EachDatabase]
    public async Task A_link_is_mailed_once_works_and_its_secret_is_kept_nowhere(Database kind)
    {
        await using var mail = MailSink.Start();
        await using var database = await TestDatabase.NewAsync(kind);
        await using var server = await TestServer.StartAsync(database, mail: mail);
        var workspace = (
            await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new("acme", "Acme https://evil.example.net", "seats"), default)
        ).Value;
        var create = server.Service<CreatePortalLink>();
        var made = (
            await create.RunAsync(Actor.Operator, workspace.Id, new("Jo", PortalScopes.Directory, 7, "jo@acme.test"), default)
        ).Value;
        var received = await mail.WaitForAsync(m => m.Subject.StartsWith("Set up", StringComparison.Ordinal));
        Assert.Equal(["jo@acme.test"], received.Recipients);
        Assert.Equal(server.Links.Portal(made.Secret), Assert.Single(received.Links));
        Assert.DoesNotContain("https://evil", received.Text + received.Html, StringComparison.Ordinal);
        await Until.TrueAsync(async () =>
        {
            await using var db = server.Store.Read();
            return (await db.PortalLinks.SingleAsync()).MailedAt is not null;
        });
        await using var after = server.Store.Read();
        Assert.Null((await after.PortalLinks.SingleAsync()).MailSealed);
        Assert.Equal(1, await after.AuditEntries.CountAsync(l => l.Act == "portalLink.mailed"));

        // One that is taken back before its mail leaves goes nowhere.
        var gone = (
            await create.RunAsync(Actor.Operator, workspace.Id, new("Ed", PortalScopes.Directory, 7, "ed@acme.test"), default)
        ).Value;
        await server.Service<RevokePortalLink>().RunAsync(Actor.Operator, workspace.Id, gone.Row.Id, default);
        Assert.Null((await after.PortalLinks.AsNoTracking().SingleAsync(l => l.Id == gone.Row.Id)).MailSealed);
    }
}
