using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Tests.Accounts.Factors;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Connections;

/// <summary>Whoever a workspace's own provider lets in gets no further than that workspace.</summary>
public class BoundedSignInTests
{
    [Theory, EachDatabase]
    [Shows("S1-40")]
    public async Task A_workspaces_own_provider_shows_and_ends_nothing_of_the_persons_other_places(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var store = rig.Acme.Store;
        var (far, near, own) = await InBothAsync(rig);
        var bounded = (await rig.ReadAsync((await rig.SignInAsync(rig.Who(own, subject: "mine"))).Value))!;
        var second = (await rig.SignInAsync(rig.Who(own, subject: "mine"))).Value;
        Assert.True(bounded.IsWorkspaceScoped);

        Assert.Equal(["acme"], (await new ListWorkspaces(store).RunAsync(bounded, default)).Select(w => w.Slug));
        Assert.Equal(["acme", "other"], (await new ListWorkspaces(store).RunAsync(near, default)).Select(w => w.Slug).Order());
        var list = await new ListSessions(store).RunAsync(bounded, default);
        Assert.Equal([bounded.Session.Id, second.Row.Id], list.Select(s => s.Id));
        Assert.Equal(4, (await new ListSessions(store).RunAsync(near, default)).Count);
        Assert.Equal([bounded.Login!.Id], (await new ListLogins(store).RunAsync(bounded, default)).Logins.Select(l => l.Login.Id));
        Assert.Empty(await new ListLogins(store).LinkableAsync(bounded, default));

        Assert.Equal("notFound", (await new EndSession(store).RunAsync(bounded, far.Row.Id, default)).Refusal?.Code);
        Assert.Equal(1, (await new EndSessions(store).OthersAsync(bounded, Door.SignIn, default)).Value);
        Assert.Null(await rig.ReadAsync(second));
        Assert.NotNull(await rig.ReadAsync(far, "other"));
        Assert.Equal(2, (await new EndSessions(store).OthersAsync(near, Door.SignIn, default)).Value);
    }

    [Theory, EachDatabase]
    public async Task A_workspaces_own_provider_does_not_stand_for_the_second_factor_of_the_account(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        using var key = new SoftKey();
        var (_, near, own) = await InBothAsync(rig);
        _ = (await new Passkeys(rig.Acme.Store).AddAsync(near, key.Made(rig.Acme.Clock.Now.AddMinutes(5)), "", default)).Value;
        await rig.Acme.ConfigureAsync(c => c with { SignIn = c.SignIn with { MfaCountsProvider = true } });

        var opened = (await rig.SignInAsync(rig.Who(own, subject: "mine") with { AuthenticationMethods = ["mfa"] })).Value;
        Assert.Equal(RequiredAction.None, (await rig.ReadAsync(opened))!.Demand); // the workspace trusts its own provider
        Assert.Equal(RequiredAction.SecondFactor, (await rig.ReadAsync(opened, null))!.Demand); // the account does not
        Assert.Equal(RequiredAction.SecondFactor, (await rig.ReadAsync(opened, "other"))!.Demand);
    }

    /// <summary>Somebody in two workspaces by Google, twice signed in, with a login of the first one's own provider.</summary>
    private static async Task<(OpenedSession Far, SignedIn Near, IdentityConnection Own)> InBothAsync(ConnectionRig rig)
    {
        var (google, own) = (await rig.PlatformAsync(ConnectionKind.Google), await rig.OwnAsync(ConnectionKind.Oidc));
        var other = await rig.Acme.OtherAsync();
        var secret = await rig.InviteAsync("jo@acme.com", other);
        var far = (await rig.SignInAsync(rig.Who(google), secret)).Value;
        _ = (await rig.AcceptAsync(far, secret)).Value;
        _ = (await rig.AcceptAsync(far, await rig.InviteAsync("jo@acme.com"))).Value;
        var near = (await rig.ReadAsync((await rig.SignInAsync(rig.Who(google))).Value))!;
        Assert.Null((await new LinkLogin(rig.Acme.Store).RunAsync(near, rig.Who(own, subject: "mine"), null, default)).Refusal);
        return (far, near, own);
    }
}
