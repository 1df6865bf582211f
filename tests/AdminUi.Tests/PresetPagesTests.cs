using System.Net;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>Which pages open to whom, by the roles of the presets: each role asks for all of them.</summary>
public sealed class PresetPagesTests
{
    private static readonly string[] Pages =
    [
        "members",
        "groups",
        "audit",
        "invitations",
        "invite",
        "licensing",
        "health",
        "sign-in",
        "directory",
        "settings",
        "access",
        "api-keys",
    ];

    [Theory, EachDatabase]
    [Shows("S1-43", "S1-45", "S0-15", "S4-03", "S4-05", "S3-38")]
    public async Task Each_role_opens_its_pages_and_no_others(Database kind)
    {
        string[] admins = ["members", "groups", "audit", "invitations", "invite", "sign-in", "directory", "settings", "access", "api-keys"];
        (string Preset, string Role, string[] Opens)[] roles =
        [
            ("ranked", "admin", Pages), // licensing and the server's health are theirs alone
            ("ranked", "manager", ["members", "groups", "audit", "invitations", "invite"]),
            ("ranked", "editor", ["members", "groups", "audit"]),
            ("ranked", "monitor", ["members", "groups", "audit"]),
            ("ranked", "agentuser", []),
            ("licensed", "admin", admins),
            ("licensed", "user", []),
            ("csv", "administrator", admins),
            ("csv", "user", []),
            ("seats", "admin", admins),
            ("seats", "member", []),
            ("seats", "viewer", []),
        ];
        await using var site = await AdminSite.StartAsync(kind);
        foreach (var (preset, role, opens) in roles)
        {
            var slug = $"{preset}-{role}";
            var (workspace, first) = await AdminSite.NewWorkspaceAsync(site.Server, slug, slug, preset, $"first@{slug}.test");
            using var admin = first;
            var (person, _) = await site.JoinAsync($"jo@{slug}.test", role, workspace);
            using var jo = person;
            List<string> opened = [];
            foreach (var page in Pages)
            {
                var answer = await jo.GetAsync($"/w/{slug}/{page}");
                Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Forbidden, $"{slug} {page}: {answer.Status}");
                if (answer.Status == HttpStatusCode.OK)
                {
                    opened.Add(page);
                }
            }

            Assert.True(opens.Order().SequenceEqual(opened.Order()), $"{slug}: {string.Join(' ', opened)}");
        }
    }
}
