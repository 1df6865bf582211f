using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Domains;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Domains;

public sealed class DecideJoinRequestTests
{
    [Theory, EachDatabase]
    public async Task An_approval_says_which_of_three_doors_is_shut(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var admin = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var allow = new AllowDomainJoin(acme.Store);
        await allow.RunAsync(Actor.Operator, acme.Id, true, default);
        var domain = (await new ClaimEmailDomain(acme.Store).RunAsync(admin, acme.Id, "corp.example", default)).Value;
        IReadOnlyList<string> texts = [domain.RecordValue];
        var check = new CheckEmailDomain(acme.Store, (_, _) => Task.FromResult<IReadOnlyList<string>?>(texts));
        Assert.True((await check.RunAsync(admin, acme.Id, domain.Id, default)).Done);
        var change = new ChangeEmailDomain(acme.Store);
        Assert.True((await change.RunAsync(admin, acme.Id, domain.Id, DomainJoin.Request, null, default)).Done);
        var ask = new AskToJoin(acme.Store);
        await ask.MailAsync("acme", "bob@corp.example", default);
        JoinRequest request;
        await using (var db = acme.Store.Read())
        {
            request = await db.JoinRequests.SingleAsync();
        }

        Assert.True((await ask.ProveAsync(acme.Store.Box.OpenText(JoinRequest.ProofPurpose, request.ProofSealed)!, default)).Done);

        await allow.RunAsync(Actor.Operator, acme.Id, false, default);
        await RefusedAsync("domainJoinNotAllowed", "Whoever runs this server does not let people join here");
        await allow.RunAsync(Actor.Operator, acme.Id, true, default);

        Assert.True((await change.RunAsync(admin, acme.Id, domain.Id, DomainJoin.Off, null, default)).Done);
        await RefusedAsync("domainJoinOff", "corp.example lets nobody join now.");
        Assert.True((await change.RunAsync(admin, acme.Id, domain.Id, DomainJoin.Request, null, default)).Done);

        texts = [];
        Assert.Equal("recordMissing", (await check.RunAsync(admin, acme.Id, domain.Id, default)).Refusal?.Code);
        await RefusedAsync("domainNotProven", "corp.example is not proven any more.");

        texts = [domain.RecordValue];
        Assert.True((await check.RunAsync(admin, acme.Id, domain.Id, default)).Done);
        var decided = await new DecideJoinRequest(acme.Store, check).ApproveAsync(admin, acme.Id, request.Id, null, default);
        Assert.Equal(JoinRequestState.Approved, decided.Value.State);

        async Task RefusedAsync(string code, string sentence)
        {
            var refusal = (
                await new DecideJoinRequest(acme.Store, check).ApproveAsync(admin, acme.Id, request.Id, "viewer", default)
            ).Refusal!;
            Assert.Equal((RefusalKind.Conflict, code), (refusal.Kind, refusal.Code));
            Assert.StartsWith(sentence, refusal.Message, StringComparison.Ordinal);
            Assert.Equal(code == "domainNotProven", refusal.Message.Contains("prove the domain anew", StringComparison.Ordinal));
        }
    }
}
