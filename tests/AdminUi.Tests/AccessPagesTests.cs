using System.Net;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Invitations;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>"Settings", "Access": domains, the operator's gate, and the queue of who asks.</summary>
public class AccessPagesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    [Shows("S4-38", "S4-24", "B-07")]
    public async Task A_domain_is_claimed_the_gate_is_seen_and_who_asks_is_decided(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var empty = await site.Admin.GetAsync("/w/acme/access");
        foreach (var word in (string[])[">Settings<", ">Access<", "is not opened yet", "E-mail domains", "Invite links"])
        {
            Assert.Contains(word, empty.Text, StringComparison.Ordinal);
        }

        var free = await site.Admin.PostAsync("/w/acme/access/domains", ("domain", "gmail.com"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, free.Status);
        Assert.Contains("Anybody gets an address at gmail.com", free.Text, StringComparison.Ordinal);
        Assert.Contains("value=\"gmail.com\"", free.Text, StringComparison.Ordinal);
        var beyond = await site.Admin.PostAsync(
            "/w/acme/access/domains",
            ("domain", "corp.example"),
            ("join", "request"),
            ("role", "admin")
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, beyond.Status);
        Assert.Contains("Whoever joins by a domain cannot get this role.", beyond.Text, StringComparison.Ordinal);
        (string, string)[] claim = [("domain", "corp.example"), ("join", "request"), ("role", "viewer")];
        Assert.Equal(HttpStatusCode.SeeOther, (await site.Admin.PostAsync("/w/acme/access/domains", claim)).Status);
        var claimed = await site.Admin.GetAsync("/w/acme/access");
        Assert.Contains("then people with such an address: may ask to join.", claimed.Text, StringComparison.Ordinal);
        Assert.Contains("_usermanagement.corp.example", claimed.Text, StringComparison.Ordinal);
        Assert.Contains("Not proven", claimed.Text, StringComparison.Ordinal);

        var domain = (await site.Server.Service<ListEmailDomains>().RunAsync(Actor.Operator, site.Workspace.Id, Ct)).Value.Domains.Single();
        await site.Server.Service<VerifyEmailDomain>().RunAsync(Actor.Operator, site.Workspace.Id, domain.Id, Ct);
        await site.Server.Service<AllowDomainJoin>().RunAsync(Actor.Operator, site.Workspace.Id, true, Ct);
        var proven = await site.Admin.GetAsync("/w/acme/access");
        Assert.DoesNotContain("is not opened yet", proven.Text, StringComparison.Ordinal);
        Assert.Contains("<option value=\"request\" selected>", proven.Text, StringComparison.Ordinal); // as it was claimed

        var asked = await site.Admin.GetAsync($"/w/acme/access/domains/{domain.Id}/remove");
        Assert.Contains("Remove corp.example?", asked.Text, StringComparison.Ordinal);
        Assert.Contains($"action=\"/w/acme/access/domains/{domain.Id}/remove\"", asked.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Admin.GetAsync($"/w/acme/access/domains/{Guid.CreateVersion7()}/remove")).Status);

        // Two strangers ask by mail; each opens the link and presses.
        using var stranger = new Person(site.Server, null);
        Assert.Contains("Join with your work address", (await stranger.GetAsync("/w/acme/signin")).Text, StringComparison.Ordinal);
        var form = await stranger.GetAsync("/w/acme/ask");
        Assert.DoesNotContain("Acme", form.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stranger.PressAsync(form, "/w/acme/ask", ("email", "nobody"))).Status);
        foreach (var name in (string[])["bob", "cleo"])
        {
            var sent = await stranger.PressAsync(form, "/w/acme/ask", ("email", name + "@corp.example"));
            Assert.Contains("Look into your mailbox", (await stranger.LedAsync(sent)).Text, StringComparison.Ordinal);
            Assert.DoesNotContain(name, sent.Location, StringComparison.Ordinal);
        }

        List<string> secrets = [];
        await using (var db = site.Server.Store.Read())
        {
            foreach (var request in db.JoinRequests.OrderBy(r => r.Id).ToList())
            {
                secrets.Add(site.Server.Store.Box.OpenText(JoinRequest.ProofPurpose, request.ProofSealed)!);
            }
        }

        foreach (var secret in secrets)
        {
            var opened = await stranger.GetAsync("/ask/" + secret);
            Assert.DoesNotContain("Acme", opened.Text, StringComparison.Ordinal); // opening proves nothing
            for (var i = 0; i < 2; i++) // the second press finds it proven
            {
                var pressed = await stranger.PressAsync(opened, "/ask");
                Assert.Equal(HttpStatusCode.SeeOther, pressed.Status);
                Assert.DoesNotContain("Acme", pressed.Location, StringComparison.OrdinalIgnoreCase);
                Assert.Contains("The admins of", (await stranger.LedAsync(pressed)).Text, StringComparison.Ordinal);
                Assert.Contains("The admins of", (await stranger.LedAsync(pressed)).Text, StringComparison.Ordinal); // loaded again
            }
        }

        var queue = await site.Admin.GetAsync("/w/acme/join-requests");
        Assert.Contains(
            "<span class=\"nav-label\">Join requests</span><span class=\"nav-badge\">2</span>",
            queue.Text,
            StringComparison.Ordinal
        );
        List<JoinRequest> waiting =
        [
            .. (await site.Server.Service<ListJoinRequests>().RunAsync(Actor.Operator, site.Workspace.Id, Ct)).Value,
        ];
        var approved = await site.Admin.PressAsync(queue, $"/w/acme/join-requests/{waiting[0].Id}/approve", ("role", "member"));
        Assert.Equal("/w/acme/join-requests", approved.Location);
        await site.Admin.PressAsync(queue, $"/w/acme/join-requests/{waiting[1].Id}/reject");
        var again = await site.Admin.PressAsync(queue, $"/w/acme/join-requests/{waiting[1].Id}/reject");
        Assert.Equal(HttpStatusCode.Conflict, again.Status);
        Assert.Contains("Somebody decided about this request already.", again.Text, StringComparison.Ordinal);
        await using (var db = site.Server.Store.Read())
        {
            var invitation = db.Invitations.Single(i => i.UserName == "bob@corp.example");
            Assert.Equal(("member", InvitationStatus.Pending), (invitation.Role, invitation.Stored));
            Assert.Equal(2, db.AuditEntries.Count(e => e.Act == "joinRequest.made" && !e.Refused));
        }

        foreach (var secret in secrets)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await stranger.PressAsync(await stranger.GetAsync("/ask/" + secret), "/ask")).Status);
        }
    }
}
