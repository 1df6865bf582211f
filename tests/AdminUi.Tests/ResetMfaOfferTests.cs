using System.Net;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>To reset a second factor is offered where there is one.</summary>
public sealed class ResetMfaOfferTests
{
    [Theory, EachDatabase]
    public async Task Nobody_is_offered_to_reset_a_second_factor_that_is_not_there(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "licensed");
        var (person, member) = await site.JoinAsync("grace@example.com", "user");
        var here = $"/w/acme/members/{member.Id}";
        Assert.Equal((false, false), await OfferedAsync());
        await site.AddSecondFactorAsync(person);
        Assert.Equal((true, true), await OfferedAsync());

        var done = await site.Admin.PostAsync(here + "/mfa", ("from", "member"));
        Assert.Equal((HttpStatusCode.SeeOther, here), (done.Status, done.Location));
        Assert.Equal((false, false), await OfferedAsync());
        person.Dispose();

        async Task<(bool Menu, bool Page)> OfferedAsync()
        {
            var (menu, page) = (await site.Admin.MenuAsync("/w/acme/members", member.Id), await site.Admin.GetAsync(here));
            Assert.Contains(">Suspend<", menu.Text, StringComparison.Ordinal);
            Assert.Contains(">Suspend<", page.Text, StringComparison.Ordinal);
            return (
                menu.Text.Contains($"href=\"{here}/mfa\"", StringComparison.Ordinal),
                page.Text.Contains($"href=\"{here}/mfa\"", StringComparison.Ordinal)
            );
        }
    }
}
