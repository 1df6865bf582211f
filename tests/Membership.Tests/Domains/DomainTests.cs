using Microsoft.EntityFrameworkCore;
using UserManagement.Integrations.Dns;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.InviteLinks;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Tests.Connections;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Domains;

public sealed class DomainTests
{
    [Theory, EachDatabase]
    public async Task A_domain_is_claimed_and_proven_by_its_record_or_by_the_operator(Database kind)
    {
        await using var dns = new DnsStandIn();
        await using var acme = await TestWorkspace.NewAsync(kind);
        var (admin, claim) = (acme.As(await acme.JoinAsync("ada@acme.test", "admin")), new ClaimEmailDomain(acme.Store));
        foreach (
            var (typed, code) in new[]
            {
                ("gmail.com", "freeMail"),
                ("mail.GMAIL.com", "freeMail"),
                ("acme.onmicrosoft.com", "freeMail"),
                ("acme", "invalidDomain"),
                ("ada@acme.example", "invalidDomain"),
                ("", "invalidDomain"),
                ("a b.example", "invalidDomain"),
                (new string('a', 300) + ".example", "invalidDomain"),
            }
        )
        {
            Assert.Equal(code, (await claim.RunAsync(admin, acme.Id, typed, default)).Refusal?.Code);
        }

        var domain = (await claim.RunAsync(admin, acme.Id, " @Bücher.Example. ", default)).Value;
        Assert.Equal("xn--bcher-kva.example", domain.Name);
        Assert.Equal("domainTaken", (await claim.RunAsync(admin, acme.Id, "xn--bcher-kva.example", default)).Refusal?.Code);
        var change = new ChangeEmailDomain(acme.Store);
        Assert.Equal(
            "domainNotProven",
            (await change.RunAsync(admin, acme.Id, domain.Id, DomainJoin.Automatic, null, default)).Refusal?.Code
        );

        var check = new CheckEmailDomain(acme.Store, new TextRecords(dns.Address).AskAsync);
        Assert.Equal("recordMissing", (await check.RunAsync(admin, acme.Id, domain.Id, default)).Refusal?.Code);
        dns.Set(domain.Record, "somebody else's");
        Assert.Equal("recordMissing", (await check.RunAsync(admin, acme.Id, domain.Id, default)).Refusal?.Code);
        dns.Set(domain.Record, domain.RecordValue);
        Assert.Equal(DomainProof.Dns, (await check.RunAsync(admin, acme.Id, domain.Id, default)).Value.VerifiedBy);
        Assert.Equal("role", (await change.RunAsync(admin, acme.Id, domain.Id, DomainJoin.Automatic, "admin", default)).Refusal?.Field);
        Assert.True((await change.RunAsync(admin, acme.Id, domain.Id, DomainJoin.Automatic, "viewer", default)).Done);

        dns.IsSilent = true;
        Assert.Equal("dnsSilent", (await check.RunAsync(admin, acme.Id, domain.Id, default)).Refusal?.Code);
        await using (var db = acme.Store.Read())
        {
            Assert.NotNull((await db.EmailDomains.SingleAsync()).VerifiedAt);
        }

        dns.IsSilent = false;
        dns.Set(domain.Record, null);
        Assert.Equal("recordMissing", (await check.RunAsync(admin, acme.Id, domain.Id, default)).Refusal?.Code);
        await using (var db = acme.Store.Read())
        {
            Assert.Null((await db.EmailDomains.SingleAsync()).VerifiedAt);
        }

        var verify = new VerifyEmailDomain(acme.Store);
        Assert.Equal("forbidden", (await verify.RunAsync(admin, acme.Id, domain.Id, default)).Refusal?.Code);
        Assert.Equal(DomainProof.Operator, (await verify.RunAsync(Actor.Operator, acme.Id, domain.Id, default)).Value.VerifiedBy);
        Assert.True((await check.RunAsync(admin, acme.Id, domain.Id, default)).Done); // the operator's word needs no record

        var (viewer, other) = (acme.As(await acme.JoinAsync("vera@acme.test", "viewer")), await acme.OtherAsync());
        Assert.Equal("forbidden", (await claim.RunAsync(viewer, acme.Id, "x.example", default)).Refusal?.Code);
        Assert.Equal("notFound", (await verify.RunAsync(Actor.Operator, other.Id, domain.Id, default)).Refusal?.Code);
        Assert.Equal("forbidden", (await new AllowDomainJoin(acme.Store).RunAsync(admin, acme.Id, true, default)).Refusal?.Code);
        Assert.True((await new RemoveEmailDomain(acme.Store).RunAsync(admin, acme.Id, domain.Id, default)).Done);
        Assert.Empty((await new ListEmailDomains(acme.Store).RunAsync(admin, acme.Id, default)).Value.Domains);
        var log = (await acme.AuditAsync()).Where(a => a.ActorName != viewer.Name).Select(a => a.Act).ToList();
        foreach (
            var act in (string[])
                ["emailDomain.claimed", "emailDomain.proven", "emailDomain.changed", "emailDomain.proofLost", "emailDomain.removed"]
        )
        {
            Assert.Contains(act, log);
        }
    }

    [Theory, EachDatabase]
    [Shows("S4-24", "S4-35", "S4-36", "S4-37", "S4-53")]
    public async Task Whoever_proves_an_address_of_the_domain_joins_once_the_operator_allows_it(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var acme = rig.Acme;
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        await ProvenAsync(acme, DomainJoin.Automatic);
        Assert.Equal("unknownPerson", (await rig.SignInAsync(Person(rig, google, "bob"))).Refusal?.Code); // the gate is shut
        await new AllowDomainJoin(acme.Store).RunAsync(Actor.Operator, acme.Id, true, default);
        Assert.Equal("unknownPerson", (await rig.SignInAsync(Person(rig, google, "eve@other.example"))).Refusal?.Code);
        Assert.Equal("unknownPerson", (await rig.SignInAsync(Person(rig, google, "mallory") with { EmailProven = false })).Refusal?.Code);

        Assert.True((await rig.SignInAsync(Person(rig, google, "bob"))).Done);
        Assert.Equal(("member", true), await RoleAsync(acme, "bob@corp.example"));

        // Who has an account already, and whose address is proven, is offered it and joins with a press.
        var other = await acme.OtherAsync();
        var secret = await rig.InviteAsync("cleo@corp.example", other);
        var opened = (await rig.SignInAsync(Person(rig, google, "cleo"), secret, other.Id)).Value;
        Assert.True((await rig.AcceptAsync(opened, secret)).Done);
        var who = (await rig.ReadAsync(opened, null))!;
        Assert.Equal([acme.Id], (await new AskToJoin(acme.Store).OffersAsync(who, default)).Select(o => o.Workspace.Id));
        var asked = (await new AskToJoin(acme.Store).RunAsync(who, "acme", default)).Value;
        Assert.True((await rig.AcceptAsync(opened, asked.InvitationSecret!)).Done);
        Assert.Equal(("member", true), await RoleAsync(acme, "cleo@corp.example"));
        Assert.Empty(await new AskToJoin(acme.Store).OffersAsync(who, default));

        // Without seats by themselves, each door makes a viewer.
        await acme.ConfigureAsync(c => c with { Join = c.Join with { AutoAssign = false } });
        Assert.True((await rig.SignInAsync(Person(rig, google, "dan"))).Done);
        Assert.Equal(("viewer", false), await RoleAsync(acme, "dan@corp.example"));
        Assert.Equal("viewer", (await acme.ProvisionAsync("scim@corp.example")).Value.Role);
        Assert.Equal("viewer", (await acme.JoinAsync("invited@corp.example")).Role);
        var link = (await new RenewInviteLink(acme.Store).RunAsync(Actor.Operator, acme.Id, "member", null, null, default)).Value;
        var byLink = (await rig.SignInAsync(Person(rig, google, "lee@far.example"), link.Secret)).Value;
        var own = (await new JoinByLink(acme.Store).RunAsync((await rig.ReadAsync(byLink, null))!, link.Secret, default)).Value;
        Assert.Equal("viewer", (await rig.AcceptAsync(byLink, own!)).Value.Member.Role);

        await new AllowDomainJoin(acme.Store).RunAsync(Actor.Operator, acme.Id, false, default);
        Assert.Equal("unknownPerson", (await rig.SignInAsync(Person(rig, google, "fay"))).Refusal?.Code);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S4-36")]
    public async Task A_domain_that_lets_people_in_is_asked_for_its_record_each_day(Database kind)
    {
        await using var dns = new DnsStandIn();
        await using var rig = await ConnectionRig.NewAsync(kind);
        var acme = rig.Acme;
        var admin = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        await new AllowDomainJoin(acme.Store).RunAsync(Actor.Operator, acme.Id, true, default);
        var check = new CheckEmailDomain(acme.Store, new TextRecords(dns.Address).AskAsync);
        var recheck = new RecheckEmailDomains(acme.Store, check);
        var claim = new ClaimEmailDomain(acme.Store);
        var domain = (await claim.RunAsync(admin, acme.Id, "corp.example", default)).Value;
        var sworn = (await claim.RunAsync(admin, acme.Id, "sworn.example", default)).Value;
        dns.Set(domain.Record, domain.RecordValue);
        await check.RunAsync(admin, acme.Id, domain.Id, default);
        await new VerifyEmailDomain(acme.Store).RunAsync(Actor.Operator, acme.Id, sworn.Id, default);
        foreach (var proven in (EmailDomain[])[domain, sworn])
        {
            await new ChangeEmailDomain(acme.Store).RunAsync(admin, acme.Id, proven.Id, DomainJoin.Automatic, null, default);
        }

        dns.Set(domain.Record, null);
        Assert.Empty(await recheck.RunAsync(default)); // asked less than a day ago
        acme.Clock.Advance(RecheckEmailDomains.Trusted + TimeSpan.FromMinutes(1));
        dns.IsSilent = true;
        Assert.Empty(await recheck.RunAsync(default));
        Assert.True((await rig.SignInAsync(Person(rig, google, "bob"))).Done); // a DNS that is silent says nothing
        dns.IsSilent = false;
        Assert.Equal(["corp.example"], await recheck.RunAsync(default));
        Assert.Equal("unknownPerson", (await rig.SignInAsync(Person(rig, google, "eve"))).Refusal?.Code);
        Assert.Empty(await recheck.RunAsync(default));
        Assert.Contains("emailDomain.proofLost", (await acme.AuditAsync()).Select(a => a.Act));
        await using var db = acme.Store.Read();
        Assert.Equal(DomainProof.Operator, (await db.EmailDomains.SingleAsync(d => d.Id == sworn.Id)).VerifiedBy);
    }

    [Theory, EachDatabase]
    [Shows("B-07")]
    public async Task Who_asks_waits_for_an_admin_who_looks_at_the_domain_once_more(Database kind)
    {
        await using var dns = new DnsStandIn();
        await using var rig = await ConnectionRig.NewAsync(kind);
        var acme = rig.Acme;
        var admin = acme.As(await acme.JoinAsync("ada@acme.test", "admin"));
        var viewer = acme.As(await acme.JoinAsync("vera@acme.test", "viewer"));
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        await new AllowDomainJoin(acme.Store).RunAsync(Actor.Operator, acme.Id, true, default);
        var check = new CheckEmailDomain(acme.Store, new TextRecords(dns.Address).AskAsync);
        var domain = (await new ClaimEmailDomain(acme.Store).RunAsync(admin, acme.Id, "corp.example", default)).Value;
        dns.Set(domain.Record, domain.RecordValue);
        await check.RunAsync(admin, acme.Id, domain.Id, default);
        await new ChangeEmailDomain(acme.Store).RunAsync(admin, acme.Id, domain.Id, DomainJoin.Request, null, default);

        foreach (var name in (string[])["bob", "cleo", "dan"])
        {
            Assert.True((await rig.SignInAsync(Person(rig, google, name))).Done); // an account, and no membership
            Assert.True((await rig.SignInAsync(Person(rig, google, name))).Done);
        }

        var waiting = (await new ListJoinRequests(acme.Store).RunAsync(admin, acme.Id, default)).Value;
        Assert.Equal(["bob@corp.example", "cleo@corp.example", "dan@corp.example"], waiting.Select(r => r.UserName));
        Assert.Equal("forbidden", (await new ListJoinRequests(acme.Store).RunAsync(viewer, acme.Id, default)).Refusal?.Code);
        var decide = new DecideJoinRequest(acme.Store, check);
        Assert.Equal("forbidden", (await decide.ApproveAsync(viewer, acme.Id, waiting[0].Id, null, default)).Refusal?.Code);
        Assert.Equal("role", (await decide.ApproveAsync(admin, acme.Id, waiting[0].Id, "nosuch", default)).Refusal?.Field);
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => decide.ApproveAsync(admin, acme.Id, waiting[0].Id, "viewer", default))
        );
        Assert.Single(outcomes, o => o.Done);
        Assert.All(outcomes.Where(o => !o.Done), o => Assert.Equal("decided", o.Refusal?.Code));
        await using (var db = acme.Store.Read())
        {
            var invitation = await db.Invitations.SingleAsync(i => i.UserName == "bob@corp.example");
            Assert.Equal(("viewer", true, "ada@acme.test"), (invitation.Role, invitation.SendMail, invitation.InvitedBy));
            var secret = acme.Store.Box.OpenText(Invitation.MailPurpose, invitation.MailSealed)!;
            var opened = (await rig.SignInAsync(Person(rig, google, "bob"), secret)).Value;
            Assert.Equal(MemberState.Active, (await rig.AcceptAsync(opened, secret)).Value.Member.State);
        }

        Assert.Equal(JoinRequestState.Rejected, (await decide.RejectAsync(admin, acme.Id, waiting[1].Id, default)).Value.State);

        // The record is gone a day later: nobody is let in by a domain that is somebody else's by now.
        acme.Clock.Advance(TimeSpan.FromDays(1));
        dns.Set(domain.Record, null);
        Assert.Equal("domainNotProven", (await decide.ApproveAsync(admin, acme.Id, waiting[2].Id, null, default)).Refusal?.Code);
        Assert.Equal("unknownPerson", (await rig.SignInAsync(Person(rig, google, "fay"))).Refusal?.Code);
        await using (var db = acme.Store.Read())
        {
            var kinds = await db.OutboxMessages.Select(m => m.Kind).ToListAsync();
            Assert.Equal((3, 1), (kinds.Count(k => k == OutboxKind.JoinRequestMail), kinds.Count(k => k == OutboxKind.JoinRejectedMail)));
        }

        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task An_address_that_is_typed_is_proven_by_mail_and_the_answer_tells_nothing(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var acme = rig.Acme;
        await acme.JoinAsync("ada@corp.example", "admin");
        await new AllowDomainJoin(acme.Store).RunAsync(Actor.Operator, acme.Id, true, default);
        var domain = await ProvenAsync(acme, DomainJoin.Request);
        var ask = new AskToJoin(acme.Store);
        foreach (
            var (slug, address) in new[]
            {
                ("acme", "new@corp.example"),
                ("acme", "x@other.example"),
                ("nosuch", "new@corp.example"),
                ("acme", "ada@corp.example"),
            }
        )
        {
            Assert.True((await ask.MailAsync(slug, address, default)).Done);
        }

        Assert.Equal("invalidEmail", (await ask.MailAsync("acme", "nobody", default)).Refusal?.Code);
        string proof;
        await using (var db = acme.Store.Read())
        {
            var request = await db.JoinRequests.SingleAsync();
            Assert.Equal(("new@corp.example", JoinRequestState.Unproven), (request.UserName, request.State));
            proof = acme.Store.Box.OpenText(JoinRequest.ProofPurpose, request.ProofSealed)!;
        }

        Assert.Empty((await new ListJoinRequests(acme.Store).RunAsync(Actor.Operator, acme.Id, default)).Value);
        Assert.Equal("notFound", (await ask.ProveAsync(Secret.New(), default)).Refusal?.Code);
        Assert.Equal("Acme", (await ask.ProveAsync(proof, default)).Value.Row.Name);
        Assert.Equal("Acme", (await ask.ProveAsync(proof, default)).Value.Row.Name); // pressed twice, it is proven once
        Assert.Single((await new ListJoinRequests(acme.Store).RunAsync(Actor.Operator, acme.Id, default)).Value);

        await new ChangeEmailDomain(acme.Store).RunAsync(Actor.Operator, acme.Id, domain.Id, DomainJoin.Automatic, "viewer", default);
        Assert.True((await ask.MailAsync("acme", "auto@corp.example", default)).Done);
        await using (var db = acme.Store.Read())
        {
            var invitation = await db.Invitations.SingleAsync(i => i.UserName == "auto@corp.example");
            Assert.Equal(("viewer", domain.Id), (invitation.Role, invitation.EmailDomainId));
        }
    }

    [Theory, EachDatabase]
    [Shows("B-06")]
    public async Task Nobody_comes_by_a_domain_to_a_seat_or_a_slot_that_is_not_free(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var acme = rig.Acme;
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        await ProvenAsync(acme, DomainJoin.Automatic);
        await new AllowDomainJoin(acme.Store).RunAsync(Actor.Operator, acme.Id, true, default);
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 2, OnFull = OnFull.Refuse } });
        var race = await Rivals.RaceAsync(6, async i => (await rig.SignInAsync(Person(rig, google, $"p{i}"))).Refusal);
        Assert.Equal(2, race.Count(r => r.Required is null));
        Assert.All(race.Where(r => r.Required is not null), r => Assert.Equal("seatsFull", r.Required!.Code));
        var counts = await acme.CountsAsync();
        Assert.Equal((2, 2), (counts.Seats.Used, counts.Slots.Used));

        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { MemberSlots = 3, OnFull = OnFull.Downgrade } });
        Assert.True((await rig.SignInAsync(Person(rig, google, "vera"))).Done);
        Assert.Equal(("viewer", false), await RoleAsync(acme, "vera@corp.example"));
        Assert.Equal("slotsFull", (await rig.SignInAsync(Person(rig, google, "late"))).Refusal?.Code);
        counts = await acme.CountsAsync();
        Assert.Equal((2, 3), (counts.Seats.Used, counts.Slots.Used));
        await acme.AgreesAsync();
    }

    private static async Task<EmailDomain> ProvenAsync(TestWorkspace acme, DomainJoin join)
    {
        var domain = (await new ClaimEmailDomain(acme.Store).RunAsync(Actor.Operator, acme.Id, "corp.example", default)).Value;
        await new VerifyEmailDomain(acme.Store).RunAsync(Actor.Operator, acme.Id, domain.Id, default);
        return (await new ChangeEmailDomain(acme.Store).RunAsync(Actor.Operator, acme.Id, domain.Id, join, null, default)).Value;
    }

    private static ProvenIdentity Person(ConnectionRig rig, IdentityConnection google, string name)
    {
        var address = name.Contains('@', StringComparison.Ordinal) ? name : name + "@corp.example";
        return rig.Who(google, address, subject: "sub of " + address);
    }

    private static async Task<(string Role, bool Seat)> RoleAsync(TestWorkspace acme, string userName)
    {
        await using var db = acme.Store.Read();
        var member = await db.Members.SingleAsync(m => m.WorkspaceId == acme.Id && m.UserName == userName);
        return (member.Role, member.HasSeat);
    }
}
