using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Licensing;

/// <summary>Role and license: what somebody may do needs both, and when a license is taken.</summary>
public sealed class TwoAxesTests
{
    [Fact]
    [Shows("S0-19")]
    public void A_permission_that_asks_for_a_feature_is_had_by_role_and_license_together()
    {
        var preset = Preset.Named("licensed")!;
        (string Role, string? License, string[] Chat)[] rows =
        [
            ("user", "business", ["chat.use", "tools.create"]),
            ("user", "pro", ["chat.use"]),
            ("user", "knowledge-only", []),
            ("user", null, []),
            ("user", "nosuch", []),
            ("admin", "business", ["chat.use", "tools.create"]),
            ("admin", "pro", ["chat.use"]),
            ("admin", "knowledge-only", []),
        ];
        foreach (var (role, license, has) in rows)
        {
            var entitled = preset.EntitledTo(role, license);
            Assert.Equal(has, entitled.Where(p => p is "chat.use" or "tools.create"));
            Assert.Equal(preset.License(license)?.Features.Contains("knowledge") == true, entitled.Contains("knowledge"));
            Assert.Equal(role == "admin", entitled.Contains(Permission.ManageMembers)); // any license: an admin administers
            Assert.Contains("settings.personal", entitled); // asks for no feature
        }

        Assert.Contains("ai.use", Preset.Named("seats")!.EntitledTo("member", null)); // where there are no rules the role is enough
        foreach (
            var rules in (FeatureRule[][])
                [
                    [new() { Permission = Permission.ManageMembers, Feature = "tools" }],
                    [new() { Permission = "", Feature = "tools" }],
                    [new() { Permission = "tools.create", Feature = "two words" }],
                    [new() { Permission = "tools.create", Feature = "a" }, new() { Permission = "tools.create", Feature = "b" }],
                ]
        )
        {
            Assert.Equal("featureRules", ConfigurationCheck.Check(preset with { FeatureRules = rules })?.Field);
        }
    }

    [Theory, EachDatabase]
    [Shows("S0-47")]
    public async Task Whether_an_invitation_reserves_its_license_is_a_setting(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            "licensed",
            c => c with { Licenses = [.. c.Licenses.Select(l => l.Key == "business" ? l with { Pool = 2 } : l)] }
        );
        var ada = await acme.JoinAsync("ada@acme.test", "admin"); // pro
        var first = await acme.InviteAsync("eva@acme.test", "user", r => r with { License = "business" });
        await acme.InviteAsync("eli@acme.test", "user", r => r with { License = "business" });
        await acme.InviteAsync("zoe@acme.test", "user", r => r with { License = "business" });
        Assert.Equal(0, await UsedAsync(acme)); // as it is shipped: whoever accepts first

        // from now on each takes one: three are promised, and two there
        var wanted = acme.Workspace.Configuration with
        {
            Invitations = acme.Workspace.Configuration.Invitations with { ReserveLicense = true },
        };
        var preview = (await new PreviewConfiguration(acme.Store).RunAsync(acme.As(ada), acme.Id, wanted, default)).Value;
        Assert.Contains(preview.Effects, e => e is { Code: "reserveLicense", Count: 3 });
        await acme.ConfigureAsync(_ => wanted);
        Assert.Equal(3, await UsedAsync(acme));
        await acme.AgreesAsync();

        var full = await Refused("max@acme.test");
        Assert.Equal("licensesFull", full);
        var eva = (await acme.RedeemAsync(first.LinkSecret, "eva@acme.test")).Value.Member; // hers is kept for her, full as it is
        Assert.Equal(("business", MemberState.Active), (eva.License, eva.State));
        Assert.Equal(3, await UsedAsync(acme));
        await acme.AgreesAsync();

        // a withdrawn one gives it back
        await using (var db = acme.Store.Read())
        {
            foreach (
                var open in db
                    .Invitations.Where(i => i.WorkspaceId == acme.Id && i.UserName != "eva@acme.test")
                    .ToList()
                    .Where(i => i.Stored == Membership.Invitations.InvitationStatus.Pending)
            )
            {
                Assert.True(
                    (await new Membership.Invitations.RevokeInvitation(acme.Store).RunAsync(acme.As(ada), acme.Id, open.Id, default)).Done
                );
            }
        }

        Assert.Equal(1, await UsedAsync(acme));
        Assert.Null(await Refused("max@acme.test"));
        Assert.Equal(2, await UsedAsync(acme));
        await acme.AgreesAsync();
        await acme.ConfigureAsync(c => c with { Invitations = c.Invitations with { ReserveLicense = false } });
        Assert.Equal(1, await UsedAsync(acme));
        await acme.AgreesAsync();

        async Task<string?> Refused(string name) => (
                await new Membership.Invitations.InvitePeople(acme.Store).RunAsync(
                    acme.As(ada),
                    acme.Id,
                    new()
                    {
                        UserNames = [name],
                        Role = "user",
                        License = "business",
                    },
                    default
                )
            ).Value[0].Outcome.Refusal?.Code;
    }

    private static async Task<long> UsedAsync(TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        return (await Counts.ReadAsync(db, acme.Id, default)).License("business").Used;
    }
}
