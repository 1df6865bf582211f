using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using Xunit;

namespace UserManagement.AdminUi.Tests.Rig;

/// <summary>Second factors as people set them up.</summary>
public static class FactorActs
{
    /// <summary>An authenticator app, set up by the person, who has proven it in their session.</summary>
    public static async Task AddSecondFactorAsync(this AdminSite site, Person person)
    {
        var ct = TestContext.Current.CancellationToken;
        var setUp = site.Server.Service<SetUpTotp>();
        var who = (await site.Server.Service<ReadSession>().RunAsync(person.Session, null, ct))!;
        Assert.True((await setUp.BeginAsync(who, ct)).Done);
        var key = (await setUp.ReadAsync(who, ct)).Value!;
        var code = Totp.Code(key, Totp.StepAt(site.Server.Store.Time.Now()));
        person.Session = (await setUp.ConfirmAsync(who, code, ct)).Value.Session.Secret;
    }
}
