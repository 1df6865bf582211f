using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>What a running server does of itself once an hour.</summary>
public class RetentionWorkerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    [Shows("S4-36")]
    public async Task A_server_looks_of_itself_whether_a_domain_is_still_proven(Database kind)
    {
        await using var dns = new DnsStandIn();
        await using var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        await using var server = await TestServer.StartAsync(database, clock, set: ("Dns:Server", dns.Address.ToString()));
        var workspace = (await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), Ct)).Value.Id;
        await new AllowDomainJoin(server.Store).RunAsync(Actor.Operator, workspace, true, Ct);
        var domain = (await new ClaimEmailDomain(server.Store).RunAsync(Actor.Operator, workspace, "corp.example", Ct)).Value;
        dns.Set(domain.Record, domain.RecordValue);
        Assert.True((await server.Service<CheckEmailDomain>().RunAsync(Actor.Operator, workspace, domain.Id, Ct)).Done);
        var change = new ChangeEmailDomain(server.Store);
        Assert.True((await change.RunAsync(Actor.Operator, workspace, domain.Id, DomainJoin.Automatic, null, Ct)).Done);

        var began = clock.Now;
        while (clock.Now < began + RecheckEmailDomains.Trusted)
        {
            clock.Advance(TimeSpan.FromHours(1)); // what was proven less than a day ago is not asked for
        }

        Assert.True(await IsProvenAsync());
        dns.Set(domain.Record, null);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while (await IsProvenAsync())
        {
            clock.Advance(TimeSpan.FromMinutes(10)); // it reaches its next look on a thread of its own
            await Task.Delay(20, patience.Token);
        }

        while (!server.Log.Contains("corp.example", StringComparison.Ordinal))
        {
            await Task.Delay(20, patience.Token); // the line follows what it tells
        }

        async Task<bool> IsProvenAsync()
        {
            await using var db = server.Store.Read();
            return await db.EmailDomains.AnyAsync(d => d.Id == domain.Id && d.VerifiedAt != null, Ct);
        }
    }
}
