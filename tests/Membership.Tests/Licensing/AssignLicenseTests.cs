using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Licensing;

public sealed class AssignLicenseTests
{
    [Theory, EachDatabase]
    public async Task None_ends_the_wait_for_a_license_too(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            "licensed",
            c =>
                c with
                {
                    Licenses = [.. c.Licenses.Select(l => l.Key == "pro" ? l with { Pool = 0 } : l)],
                    Join = c.Join with { DefaultLicense = "pro", LicenseRequired = false },
                }
        );
        var bob = (await acme.ProvisionAsync("bob@acme.test")).Value;
        Assert.Null(bob.License);

        var told = (await new AssignLicense(acme.Store).RunAsync(Actor.Operator, acme.Id, bob.Id, null, default)).Value;

        await acme.ConfigureAsync(c => c with { Licenses = [.. c.Licenses.Select(l => l.Key == "pro" ? l with { Pool = 5 } : l)] });
        await acme.SayAsync(bob.Id, active: false);
        Assert.Null((await acme.SayAsync(bob.Id, active: true)).Value.License);
        await using var db = acme.Store.Read();
        Assert.Equal(
            (0, MemberState.Active),
            (await db.Grants.CountAsync(g => g.MemberId == bob.Id && g.Kind == GrantKind.License), told.State)
        );
        await acme.AgreesAsync();
    }
}
