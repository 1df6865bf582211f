using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Domains;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>The queue of who asks to join, where a decision is refused.</summary>
public sealed class JoinRequestPagesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task The_role_that_was_chosen_stands_where_an_approval_is_refused(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var allow = site.Server.Service<AllowDomainJoin>();
        await allow.RunAsync(Actor.Operator, site.Workspace.Id, true, Ct);
        var domain = (await site.Server.Service<ClaimEmailDomain>().RunAsync(Actor.Operator, site.Workspace.Id, "corp.example", Ct)).Value;
        await site.Server.Service<VerifyEmailDomain>().RunAsync(Actor.Operator, site.Workspace.Id, domain.Id, Ct);
        await site.Server.Service<ChangeEmailDomain>().RunAsync(Actor.Operator, site.Workspace.Id, domain.Id, DomainJoin.Request, null, Ct);
        var (bob, cleo) = (await AskAsync(site, "bob@corp.example"), await AskAsync(site, "cleo@corp.example"));
        await allow.RunAsync(Actor.Operator, site.Workspace.Id, false, Ct);

        var queue = await site.Admin.GetAsync("/w/acme/join-requests");
        Assert.Equal(("", ""), (Chosen(queue, bob), Chosen(queue, cleo)));
        var path = $"/w/acme/join-requests/{bob}/approve";
        var refused = await site.Admin.PressAsync(queue, path, ("role", "viewer"));
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("does not let people join here by their e-mail domain", refused.Text, StringComparison.Ordinal);
        Assert.Equal(("viewer", ""), (Chosen(refused, bob), Chosen(refused, cleo)));
        Assert.Equal("", Chosen(await site.Admin.GetAsync("/w/acme/join-requests"), bob)); // looked at anew, nothing is chosen

        await allow.RunAsync(Actor.Operator, site.Workspace.Id, true, Ct);
        Assert.Equal("/w/acme/join-requests", (await site.Admin.PressAsync(refused, path, ("role", Chosen(refused, bob)))).Location);
        await using var db = site.Server.Store.Read();
        Assert.Equal("viewer", db.Invitations.Single(i => i.UserName == "bob@corp.example").Role);
    }

    private static async Task<Id<JoinRequest>> AskAsync(AdminSite site, string address)
    {
        var ask = site.Server.Service<AskToJoin>();
        await ask.MailAsync("acme", address, Ct);
        await using var db = site.Server.Store.Read();
        var request = db.JoinRequests.Single(r => r.UserName == address);
        var secret = site.Server.Store.Box.OpenText(JoinRequest.ProofPurpose, request.ProofSealed)!;
        Assert.True((await ask.ProveAsync(secret, Ct)).Done);
        return request.Id;
    }

    /// <summary>The role that a row would send.</summary>
    private static string Chosen(Answer page, Id<JoinRequest> request)
    {
        var select = Regex.Match(page.Text, $"<select [^>]*id=\"role-{request}\".*?</select>", RegexOptions.Singleline);
        Assert.True(select.Success, "the row is there");
        return Regex.Match(select.Value, "<option value=\"([^\"]*)\" selected").Groups[1].Value;
    }
}
