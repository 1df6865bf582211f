using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Workspaces;

/// <summary>The five presets against the manuals they come from (requirements S0 to S4).</summary>
public sealed class PresetTests
{
    private static WorkspaceConfiguration Of(string name) => Preset.Named(name) ?? throw new InvalidOperationException(name);

    [Fact]
    public void There_are_five_and_each_is_whole_and_survives_its_stored_form()
    {
        Assert.Equal(["csv", "licensed", "provider", "ranked", "seats"], Preset.Names);
        Assert.Null(Preset.Named("Seats"));
        foreach (var name in Preset.Names)
        {
            var preset = Of(name);
            Assert.Equal(name, preset.Preset);
            Assert.Null(ConfigurationCheck.Check(preset));
            Assert.Equal(preset.Write(), WorkspaceConfiguration.Read(preset.Write()).Write());
            Assert.True(preset.PermissionsOf(preset.Roles.Single(r => r.IsAdmin).Key).IsSupersetOf(Permission.All));
            Assert.Equal(preset.Roles.OrderByDescending(r => r.Rank), preset.Roles);
        }
    }

    [Fact]
    [Shows("S0-09", "S0-10", "S0-14", "S0-15", "S0-16", "S0-17", "S0-18")]
    public void Licensed_has_two_roles_and_three_licenses_of_which_everybody_has_one()
    {
        var preset = Of("licensed");
        Assert.Equal(["Admin", "User"], preset.Roles.Select(r => r.Label));
        Assert.Equal(["Business", "Pro", "Knowledge Only"], preset.Licenses.Select(l => l.Label));
        Assert.Equal("user", preset.Join.DefaultRole);
        Assert.True(preset.Join.LicenseRequired);
        Assert.Equal(ResendWhen.Expired, preset.Invitations.Resend);
        Assert.True(preset.Invitations.CopyLink);
        Assert.NotEqual(MfaPolicy.Off, preset.SignIn.Mfa);
        Assert.True(preset.PermissionsOf("admin").IsSupersetOf(preset.PermissionsOf("user")));
        Assert.DoesNotContain("tools", preset.License("pro")!.Features);
        Assert.Equal(["name", "email", "role", "license", "lastActivity", "groups"], preset.MemberList.Columns);
    }

    /// <summary>
    /// S3-09 and S3-29: people of the provider preset sign in with a provider and with nothing else. S2-28: csv mails
    /// resets of passwords, so people have them. S0-45: licensed defines a policy of second factors. S1-01 and S4-35:
    /// nobody joins by being known to a provider alone; the operator's Google and Entra are offered everywhere.
    /// </summary>
    [Theory]
    [InlineData("csv", true, MfaPolicy.Off)]
    [InlineData("licensed", true, MfaPolicy.Optional)]
    [InlineData("provider", false, MfaPolicy.Off)]
    [InlineData("ranked", true, MfaPolicy.Off)]
    [InlineData("seats", true, MfaPolicy.Off)]
    [Shows("S0-45", "S3-09")]
    public void Each_preset_signs_people_in_as_its_manual_says(string name, bool passwords, MfaPolicy mfa)
    {
        var rules = Of(name).SignIn;
        Assert.Equal((passwords, mfa), (rules.LocalPassword, rules.Mfa));
        Assert.Null(rules.Connections);
        Assert.False(rules.UnknownMayJoin);
    }

    [Fact]
    [Shows("S1-03", "S1-04", "S1-06", "S1-07", "S1-43", "S1-45")]
    public void Ranked_has_a_chain_of_five_in_which_each_includes_all_below()
    {
        var preset = Of("ranked");
        Assert.Equal(["Admin", "Manager", "Editor", "Monitor", "AgentUser"], preset.Roles.Select(r => r.Label));
        var sets = preset.Roles.Select(r => preset.PermissionsOf(r.Key)).ToList();
        for (var high = 0; high < sets.Count; high++)
        {
            for (var low = high + 1; low < sets.Count; low++)
            {
                Assert.True(sets[high].IsProperSupersetOf(sets[low]));
            }
        }

        Assert.Contains(Permission.InviteMembers, sets[1]);
        Assert.DoesNotContain(Permission.ManageMembers, sets[1]);
        Assert.DoesNotContain(Permission.InviteMembers, sets[2]);
        Assert.DoesNotContain("models.edit", sets[3]);
        Assert.Equal(["inbox.use"], sets[4]);
        Assert.Equal("admin", preset.Role("manager")!.CanGrantUpTo);
        Assert.Equal((2, 90), (preset.Advice.WarnBelowAdmins, preset.Advice.ReviewEveryDays));
        Assert.Equal(ResendWhen.Always, preset.Invitations.Resend);
        Assert.True(preset.Invitations.Several);
    }

    [Fact]
    [Shows("S2-05", "S2-06", "S2-21")]
    public void Csv_deletes_invitations_and_hides_them_and_they_live_7_days()
    {
        var preset = Of("csv");
        Assert.Equal(["Administrator", "User"], preset.Roles.Select(r => r.Label));
        Assert.Equal(
            (7, "Delete", false, ResendWhen.Never),
            (preset.Invitations.LifetimeDays, preset.Invitations.RevokeLabel, preset.Invitations.ShowClosed, preset.Invitations.Resend)
        );
        Assert.True(preset.SignIn.LocalPassword);
        Assert.Equal(["name", "email", "role", "status", "joined"], preset.MemberList.Columns);
    }

    [Fact]
    [Shows("S3-03", "S3-04", "S3-05", "S3-14", "S3-18", "S3-34", "S3-36", "S3-38")]
    public void Provider_binds_invitations_lets_10_people_in_and_revokes_within_14_days()
    {
        var preset = Of("provider");
        Assert.Equal("organisation", preset.Terms.Tenant);
        Assert.Equal(["Administrator", "Member"], preset.Roles.Select(r => r.Label));
        Assert.Equal((10, OnFull.Refuse, null), (preset.Capacity.MemberSlots, preset.Capacity.OnFull, preset.Capacity.Seats));
        Assert.NotNull(preset.Capacity.MoreHint);
        Assert.Equal(
            (14, "Revoke", true),
            (preset.Invitations.LifetimeDays, preset.Invitations.RevokeLabel, preset.Invitations.ShowClosed)
        );
        Assert.Equal([IdentityProvider.Any, IdentityProvider.Google, IdentityProvider.Entra], preset.Invitations.Providers);
        Assert.True(preset.Invitations is { TenantId: true, NotifyEmail: true });
    }

    [Fact]
    [Shows("S4-02", "S4-03", "S4-05", "S4-06", "S4-13", "S4-15")]
    public void Seats_has_25_for_admins_and_members_and_viewers_without_one()
    {
        var preset = Of("seats");
        Assert.Equal(
            [("Admin", true, true), ("Member", true, false), ("Viewer", false, false)],
            preset.Roles.Select(r => (r.Label, r.NeedsSeat, r.IsAdmin))
        );
        Assert.Equal((25, OnFull.Downgrade), (preset.Capacity.Seats, preset.Capacity.OnFull));
        Assert.Equal(
            ("member", "viewer", true, true),
            (preset.Join.DefaultRole, preset.Join.FallbackRole, preset.Join.AutoAssign, preset.Join.AdminKeepsRole)
        );
        Assert.True(preset.Invitations.ChooseMail);
        Assert.DoesNotContain("ai.use", preset.PermissionsOf("viewer"));
        Assert.Contains("ai.use", preset.PermissionsOf("admin"));
    }
}
