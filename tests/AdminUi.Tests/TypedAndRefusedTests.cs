using System.Net;
using System.Text.RegularExpressions;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>Forms that were refused hold what was typed, with the reason at its field.</summary>
public sealed class TypedAndRefusedTests
{
    [Theory, EachDatabase]
    public async Task The_form_of_an_invite_link_holds_what_was_typed_and_no_other_card_does(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var page = await site.Admin.GetAsync("/w/acme/invite-links");
        Assert.Equal(("30", "", false), Typed(page, "member"));
        Assert.Equal(("7", "", false), Typed(page, "admin"));
        foreach (var number in (string[])["many", "0"]) // refused by the page, and by the core
        {
            var wrong = await site.Admin.PostAsync(
                "/w/acme/invite-links",
                ("formNumber", Person.NumberOf(page, "/w/acme/invite-links")!),
                ("role", "member"),
                ("days", "90"),
                ("mostUses", number)
            );
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
            Assert.Equal(("90", number, true), Typed(wrong, "member"));
            Assert.Equal(("7", "", false), Typed(wrong, "admin"));
        }
    }

    [Theory, EachDatabase]
    public async Task The_form_of_a_group_holds_the_name_that_was_refused(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        await site.Admin.PostAsync("/w/acme/groups", ("displayName", "Taken"));
        var path = (await site.Admin.PostAsync("/w/acme/groups", ("displayName", "Engineering"))).Location!;
        var page = await site.Admin.GetAsync(path);
        Assert.Equal("Engineering", Name(page));
        foreach (var (name, status) in new[] { ("", HttpStatusCode.UnprocessableEntity), ("TAKEN", HttpStatusCode.Conflict) })
        {
            var refused = await site.Admin.PressAsync(page, path + "/name", ("displayName", name));
            Assert.Equal(status, refused.Status);
            Assert.Equal(name, Name(refused));
            Assert.Contains("<h1><bdi>Engineering</bdi>", refused.Text, StringComparison.Ordinal);
        }

        Assert.Equal("Engineering", Name(await site.Admin.GetAsync(path)));
    }

    /// <summary>What the form of a role holds, and whether something is wrong with how many may join.</summary>
    private static (string Days, string MostUses, bool IsWrong) Typed(Answer page, string role)
    {
        var days = Regex.Match(page.Text, $"<select [^>]*id=\"days-{role}\".*?</select>", RegexOptions.Singleline).Value;
        var uses = Regex.Match(page.Text, $"<input [^>]*id=\"uses-{role}\"[^>]*>").Value;
        Assert.NotEqual("", uses);
        return (
            Regex.Match(days, "<option value=\"([^\"]*)\" selected").Groups[1].Value,
            Regex.Match(uses, " value=\"([^\"]*)\"").Groups[1].Value,
            uses.Contains("aria-invalid=\"true\"", StringComparison.Ordinal)
        );
    }

    private static string Name(Answer page) =>
        Regex.Match(Regex.Match(page.Text, "<input [^>]*name=\"displayName\"[^>]*>").Value, " value=\"([^\"]*)\"").Groups[1].Value;
}
