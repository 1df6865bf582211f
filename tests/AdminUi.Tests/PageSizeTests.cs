using System.Globalization;
using System.Net;
using System.Text;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>A page is small however many people, groups and lines there are.</summary>
public class PageSizeTests
{
    private const int Most = 100 * 1024;

    [Fact]
    public async Task No_page_of_a_list_is_larger_than_100_KB()
    {
        await using var site = await AdminSite.StartAsync(Database.Sqlite);
        for (var i = 0; i < 60; i++)
        {
            var number = i.ToString("00", CultureInfo.InvariantCulture);
            await site.ProvisionAsync(
                $"somebody.with.a.long.name{number}@subsidiary.example.com",
                $"Maximiliane{number}",
                "von Hohenlohe-Langenburg"
            );
            await new CreateGroup(site.Server.Store).RunAsync(
                Actor.Operator,
                site.Workspace.Id,
                new() { DisplayName = $"Department of affairs {number}" },
                [],
                default
            );
        }

        await site
            .Server.Service<InvitePeople>()
            .RunAsync(
                Actor.Operator,
                site.Workspace.Id,
                new()
                {
                    UserNames = [.. Enumerable.Range(0, 60).Select(i => $"invited.person{i:00}@subsidiary.example.com")],
                    Role = "viewer",
                    SendMail = false,
                },
                default
            );
        foreach (
            var path in (string[])
                [
                    "/members",
                    "/members?sort=status",
                    "/members?status=invited",
                    "/members?status=active&seat=with",
                    "/invitations",
                    "/invite",
                    "/groups",
                    "/audit",
                    "/seats/waiting",
                    "/seats/idle",
                    "/access-reviews",
                    "/rules",
                    "/rules/new",
                    "/directory",
                    "/directory/log",
                    "/settings",
                    "/sign-in",
                    "/access",
                    "/apps",
                    "/webhooks",
                ]
        )
        {
            var page = await site.Admin.GetAsync("/w/acme" + path);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.True(Encoding.UTF8.GetByteCount(page.Text) < Most, $"{path}: {Encoding.UTF8.GetByteCount(page.Text)} bytes");
        }
    }
}
