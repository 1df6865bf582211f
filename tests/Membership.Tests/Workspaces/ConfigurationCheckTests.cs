using UserManagement.Membership.Licensing;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using Xunit;

namespace UserManagement.Membership.Tests.Workspaces;

public sealed class ConfigurationCheckTests
{
    private static readonly Dictionary<string, (string Field, Func<WorkspaceConfiguration, WorkspaceConfiguration> Change)> Wrongs = new()
    {
        ["no role"] = ("roles", c => c with { Roles = [] }),
        ["a role twice"] = ("roles", c => c with { Roles = [.. c.Roles, c.Roles[1]] }),
        ["51 roles"] = (
            "roles",
            c => c with { Roles = [.. c.Roles, .. Enumerable.Range(0, 48).Select(i => new Role { Key = $"r{i}", Label = "R" })] }
        ),
        ["no admin"] = ("roles", c => c with { Roles = [.. c.Roles.Where(r => !r.IsAdmin)] }),
        ["a key in capitals"] = ("roles", c => With(c, "viewer", r => r with { Key = "Viewer" })),
        ["a role without a label"] = ("roles", c => With(c, "viewer", r => r with { Label = " " })),
        ["an include of nothing"] = ("roles", c => With(c, "viewer", r => r with { Includes = ["ghost"] })),
        ["an include of itself"] = ("roles", c => With(c, "viewer", r => r with { Includes = ["viewer"] })),
        ["a ceiling of nothing"] = ("roles", c => With(c, "member", r => r with { CanGrantUpTo = "ghost" })),
        ["an admin who cannot manage"] = ("roles", c => With(c, "admin", r => r with { Permissions = ["workspace.configure"] })),
        ["an admin who cannot configure"] = ("roles", c => With(c, "admin", r => r with { Permissions = ["members.manage"] })),
        ["an admin who makes no admin"] = ("roles", c => With(c, "admin", r => r with { CanGrantUpTo = "member" })),
        ["a license twice"] = ("licenses", c => c with { Licenses = [Pro, Pro] }),
        ["a license with a bad key"] = ("licenses", c => c with { Licenses = [Pro with { Key = "a b" }] }),
        ["a pool below none"] = ("licenses", c => c with { Licenses = [Pro with { Pool = -1 }] }),
        ["a pool beyond all"] = ("licenses", c => c with { Licenses = [Pro with { Pool = 10_000_001 }] }),
        ["newcomers as nothing"] = ("join.defaultRole", c => c with { Join = c.Join with { DefaultRole = "ghost" } }),
        ["newcomers as admins"] = ("join.defaultRole", c => c with { Join = c.Join with { DefaultRole = "admin" } }),
        ["a fallback to nothing"] = ("join.fallbackRole", c => c with { Join = c.Join with { FallbackRole = "ghost" } }),
        ["a fallback that needs a seat"] = ("join.fallbackRole", c => c with { Join = c.Join with { FallbackRole = "member" } }),
        ["a fallback to admin"] = (
            "join.fallbackRole",
            c => With(c, "admin", r => r with { NeedsSeat = false }) with { Join = c.Join with { FallbackRole = "admin" } }
        ),
        ["downgrade to nothing"] = ("capacity.onFull", c => c with { Join = c.Join with { FallbackRole = null } }),
        ["a default license that is none"] = ("join.defaultLicense", c => c with { Join = c.Join with { DefaultLicense = "pro" } }),
        ["a license required and none named"] = (
            "join.defaultLicense",
            c => c with { Licenses = [Pro], Join = c.Join with { LicenseRequired = true } }
        ),
        ["seats below none"] = ("capacity", c => c with { Capacity = c.Capacity with { Seats = -1 } }),
        ["seats beyond all"] = ("capacity", c => c with { Capacity = c.Capacity with { Seats = int.MaxValue } }),
        ["slots below none"] = ("capacity", c => c with { Capacity = c.Capacity with { MemberSlots = -1 } }),
        ["an invitation of no days"] = ("invitations.lifetimeDays", c => c with { Invitations = c.Invitations with { LifetimeDays = 0 } }),
        ["an invitation of 366 days"] = (
            "invitations.lifetimeDays",
            c => c with { Invitations = c.Invitations with { LifetimeDays = 366 } }
        ),
        ["no provider"] = ("invitations.providers", c => c with { Invitations = c.Invitations with { Providers = [] } }),
        ["a review each moment"] = ("advice.reviewEveryDays", c => c with { Advice = c.Advice with { ReviewEveryDays = 0 } }),
        ["a log of no days"] = ("scim.logDays", c => c with { Scim = c.Scim with { LogDays = 0 } }),
        ["mails below none"] = ("invitations.mailsPerDay", c => c with { Invitations = c.Invitations with { MailsPerDay = -1 } }),
    };

    private static LicenseType Pro => new() { Key = "pro", Label = "Pro" };

    public static TheoryData<string> Names => [.. Wrongs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_wrong_is_refused_with_its_field(string name)
    {
        var (field, change) = Wrongs[name];
        var wrong = ConfigurationCheck.Check(change(Preset.Named("seats")!));
        Assert.Equal((RefusalKind.Invalid, field), (wrong?.Kind, wrong?.Field));
    }

    [Fact]
    public void Roles_that_include_each_other_are_whole_and_have_the_same_permissions()
    {
        var circle = With(Preset.Named("seats")!, "viewer", r => r with { Includes = ["member"] });
        Assert.Null(ConfigurationCheck.Check(circle));
        Assert.Equal(circle.PermissionsOf("member").Order(), circle.PermissionsOf("viewer").Order());
        Assert.Empty(circle.PermissionsOf("ghost"));
        Assert.Empty(circle.PermissionsOf(null));
    }

    private static WorkspaceConfiguration With(WorkspaceConfiguration c, string key, Func<Role, Role> change) =>
        c with
        {
            Roles = [.. c.Roles.Select(r => r.Key == key ? change(r) : r)],
        };
}
