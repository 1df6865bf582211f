using UserManagement.Membership.Connections;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

public class ProviderRulesTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData(false, false)]
    [InlineData(0, false)]
    [InlineData("0", false)]
    [InlineData("false", false)]
    [InlineData(true, true)]
    [InlineData(1, true)]
    [InlineData("1", true)]
    [InlineData("true", true)]
    public async Task Entras_address_counts_only_where_the_tenant_owns_its_domain_in_whichever_form_that_is_said(object? said, bool proven)
    {
        var who = await WhoAsync(ConnectionKind.Entra, c => c["xms_edov"] = said);
        Assert.Equal(("jo@acme.com", "jo@acme.com", proven), (who.UserName, who.Email, who.EmailProven));
    }

    [Fact]
    public async Task The_proof_of_entras_address_is_not_carried_over_to_another_one_from_userinfo()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite, ConnectionKind.Entra, d => d with { ReadUserInfo = true });
        rig.Provider.OnClaims = c => c["xms_edov"] = true;
        rig.Provider.OnUserInfo = u => u["email"] = "victim@other.com";
        var who = (await rig.ProveAsync()).Value.Identity;
        Assert.Equal(("jo@acme.com", true), (who.Email, who.EmailProven)); // both of the ID token

        rig.Provider.OnClaims = c =>
        {
            c["xms_edov"] = true;
            c.Remove("email");
        };
        rig.Provider.OnUserInfo = u => (u["email"], u["xms_edov"]) = ("victim@other.com", true);
        who = (await rig.ProveAsync()).Value.Identity;
        Assert.Equal(("victim@other.com", false), (who.Email, who.EmailProven));
    }

    [Theory]
    [EachDatabase(ConnectionKind.Google, -10, null)]
    [EachDatabase(ConnectionKind.Entra, null, null)]
    [EachDatabase(ConnectionKind.Oidc, null, null)]
    [EachDatabase(ConnectionKind.Oidc, 0, null)]
    [EachDatabase(ConnectionKind.Oidc, -10, "idTokenNotAnew")]
    public async Task Who_was_to_prove_anew_comes_in_undated_or_by_a_new_proof_and_never_by_an_old_one(
        Database on,
        ConnectionKind kind,
        int? minutes,
        string? refused
    )
    {
        await using var rig = await SignInRig.NewAsync(on, kind);
        var said =
            minutes is { } m && kind != ConnectionKind.Google ? rig.Clock.GetUtcNow().AddMinutes(m).ToUnixTimeSeconds() : (long?)null;
        rig.Provider.OnClaims = c =>
        {
            c.Remove("auth_time");
            if (said is { } time)
            {
                c["auth_time"] = time;
            }
        };
        var started = (
            await rig.StartAsync(rig.Connection.Id, new(SignInRig.Callback, InvitationSecret: rig.Invitation) { ProveAnew = true })
        ).Value;
        var outcome = await rig.CompleteAsync(rig.Connection.Id, rig.Provider.Visit(started.Url), started.SavedState);
        Assert.Equal(refused, outcome.Refusal?.Code);
        if (refused is null)
        {
            Assert.Equal((true, said is null), (outcome.Value.ProveAnew, outcome.Value.Identity.AuthenticatedAt is null));
        }
    }

    [Theory]
    [EachDatabase(ConnectionKind.Oidc, "max_age=0", "prompt=login")]
    [EachDatabase(ConnectionKind.Entra, "prompt=login", "max_age=0")]
    public async Task A_new_proof_is_asked_for_in_one_way_and_in_the_other_where_that_leads_nowhere(
        Database on,
        ConnectionKind kind,
        string first,
        string second
    )
    {
        await using var rig = await SignInRig.NewAsync(on, kind);
        var start = new SignInStart(SignInRig.Callback, InvitationSecret: rig.Invitation, ReturnPath: "/w/acme") { ProveAnew = true };
        Func<List<KeyValuePair<string, string>>, List<KeyValuePair<string, string>>> refuses = a => [a[1], new("error", "invalid_request")],
            takes = a => a;
        foreach (var (wrong, answer) in new[] { ("answerError", refuses), ("idTokenNotAnew", takes) })
        {
            (rig.Provider.OnAnswer, rig.Provider.OnClaims) = (answer, c => c["auth_time"] = 5);
            var begun = (await rig.StartAsync(rig.Connection.Id, start)).Value;
            Assert.Contains(first, begun.Url.Query, StringComparison.Ordinal);
            Assert.DoesNotContain(second, begun.Url.Query, StringComparison.Ordinal);
            var (refused, anew) = await rig.CompleteAsync(
                rig.Connection.Id,
                rig.Provider.Visit(begun.Url),
                begun.SavedState,
                otherWay: true
            );
            Assert.Equal(wrong, refused.Refusal?.Code);
            Assert.Contains(second, anew!.Url.Query, StringComparison.Ordinal);
            Assert.DoesNotContain(first, anew.Url.Query, StringComparison.Ordinal);

            // once and no more; and it is the same sign-in that ends
            var (again, third) = await rig.CompleteAsync(rig.Connection.Id, rig.Provider.Visit(anew.Url), anew.SavedState, otherWay: true);
            Assert.Equal((wrong, null), (again.Refusal?.Code, third));
            (rig.Provider.OnAnswer, rig.Provider.OnClaims) = (takes, c => c["auth_time"] = rig.Clock.GetUtcNow().ToUnixTimeSeconds());
            var (completed, _) = await rig.CompleteAsync(rig.Connection.Id, rig.Provider.Visit(anew.Url), anew.SavedState, otherWay: true);
            Assert.Equal(
                (rig.Invitation, "/w/acme", true),
                (completed.Value.Aim.InvitationSecret, completed.Value.ReturnPath, completed.Value.ProveAnew)
            );
        }

        // who only signs in is told at once
        rig.Provider.OnAnswer = refuses;
        var plain = await rig.StartAsync();
        Assert.Null((await rig.CompleteAsync(rig.Connection.Id, rig.Provider.Visit(plain.Url), plain.SavedState, otherWay: true)).Anew);
    }

    [Fact]
    public async Task An_entra_person_is_the_object_in_the_tenant_and_never_the_address()
    {
        var who = await WhoAsync(ConnectionKind.Entra, c => (c["email"], c["preferred_username"]) = ("victim@other.com", "jo@acme.com"));
        Assert.Equal(
            (HostileProvider.Person, HostileProvider.Tenant, "jo@acme.com", false),
            (who.Subject, who.TenantId, who.UserName, who.EmailProven)
        );
        Assert.EndsWith($"/{HostileProvider.Tenant}/v2.0", who.Issuer, StringComparison.Ordinal);
        Assert.False(who.IsGuest);
        Assert.True((await WhoAsync(ConnectionKind.Entra, c => c["acct"] = 1)).IsGuest);
        Assert.True(
            (await WhoAsync(ConnectionKind.Entra, c => c["idp"] = "https://sts.windows.net/99999999-2222-4333-8444-555555555555/")).IsGuest
        );
        Assert.True(
            (await WhoAsync(ConnectionKind.Entra, c => c["preferred_username"] = "jo_other.com#EXT#@acme.onmicrosoft.com")).IsGuest
        );
    }

    [Theory]
    [InlineData("jo@acme.com", "acme.com", true)]
    [InlineData("jo@acme.com", null, false)]
    [InlineData("jo@acme.com", "other.com", false)]
    [InlineData("jo@gmail.com", null, true)]
    public async Task Googles_word_on_an_address_counts_for_its_own_and_for_the_hosted_domain(string email, string? domain, bool proven)
    {
        var who = await WhoAsync(ConnectionKind.Google, c => (c["email"], c["hd"]) = (email, domain));
        Assert.Equal((email, domain, proven), (who.UserName, who.HostedDomain, who.EmailProven));
    }

    [Fact]
    public void Googles_two_issuers_are_one() => Assert.Equal(ConnectionCheck.Google, GoogleRules.OneForm("accounts.google.com"));

    [Fact]
    public async Task What_userinfo_adds_fills_gaps_and_replaces_nothing()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite, change: d => d with { ReadUserInfo = true });
        rig.Provider.OnClaims = c => c.Remove("family_name");
        rig.Provider.OnUserInfo = u => (u["family_name"], u["given_name"], u["email"]) = ("Added", "Other", "other@acme.com");
        var who = (await rig.ProveAsync()).Value.Identity;
        Assert.Equal(("Added", "Jo", "jo@acme.com"), (who.FamilyName, who.GivenName, who.Email));
        Assert.Equal(["pwd", "mfa"], who.AuthenticationMethods);
    }

    private static async Task<ProvenIdentity> WhoAsync(ConnectionKind kind, Action<Dictionary<string, object?>> claims)
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite, kind);
        rig.Provider.OnClaims = claims;
        return (await rig.ProveAsync()).Value.Identity;
    }
}
