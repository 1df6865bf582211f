using Microsoft.AspNetCore.Http;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

public class UserInfoTests
{
    [Fact]
    public async Task It_is_asked_where_the_token_lacks_what_a_person_is_known_by_and_not_otherwise()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        Assert.Null((await rig.ProveAsync()).Refusal);
        rig.Provider.OnClaims = c => c.Remove("preferred_username"); // the verified address is the name
        Assert.Null((await rig.ProveAsync()).Refusal);
        Assert.Equal(0, rig.Provider.HitsOf("/userinfo"));

        rig.Provider.OnClaims = Bare;
        var who = (await rig.ProveAsync()).Value.Identity;
        Assert.Equal(("jo@acme.com", "jo@acme.com", true, "Jo"), (who.UserName, who.Email, who.EmailProven, who.GivenName));
        Assert.Equal(1, rig.Provider.HitsOf("/userinfo"));
        Assert.True((await rig.SignInAsync()).Done);

        rig.Provider.OnDocument = d => d.Remove("userinfo_endpoint");
        rig.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Null((await rig.ProveAsync()).Value.Identity.UserName);
    }

    [Fact]
    public async Task Of_another_subject_it_refuses_whoever_asked_and_unanswered_it_matters_only_where_nothing_else_names_the_person()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        rig.Provider.OnClaims = Bare;
        rig.Provider.OnUserInfo = u => u["sub"] = "subject-2";
        Assert.Equal("userInfoSubject", (await rig.ProveAsync()).Refusal?.Code);
        rig.Provider.OnClaims = c => c.Remove("email");
        Assert.Equal("userInfoSubject", (await rig.ProveAsync()).Refusal?.Code);

        rig.Provider.InsteadOfUserInfo = http =>
        {
            http.Response.StatusCode = 403;
            return Task.CompletedTask;
        };
        Assert.Equal("jo@acme.com", (await rig.ProveAsync()).Value.Identity.UserName);
        rig.Provider.OnClaims = Bare;
        Assert.Equal("userInfo", (await rig.ProveAsync()).Refusal?.Code);
        rig.Provider.InsteadOfUserInfo = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        Assert.Equal("providerUnreachable", (await rig.ProveAsync()).Refusal?.Code);
    }

    [Fact]
    public async Task As_a_jwt_it_is_taken_from_the_provider_for_us_and_in_no_other_way()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        rig.Provider.OnClaims = Bare;
        async Task<string?> SaidAsync(Action<Dictionary<string, object?>> change, Func<string, string>? token = null)
        {
            rig.Provider.InsteadOfUserInfo = async http =>
            {
                var claims = rig.Provider.RightClaims();
                claims.Remove("exp");
                claims.Remove("iat");
                change(claims);
                var signed = rig.Provider.Signed(claims);
                http.Response.ContentType = "application/jwt; charset=utf-8";
                await http.Response.WriteAsync(token?.Invoke(signed) ?? signed);
            };
            var outcome = await rig.ProveAsync();
            return outcome.Refusal?.Code ?? outcome.Value.Identity.UserName;
        }

        Assert.Equal("jo@acme.com", await SaidAsync(_ => { }));
        Assert.Equal("jo@acme.com", await SaidAsync(c => c["aud"] = new[] { HostileProvider.ClientId, "another" }));
        Assert.Equal("userInfoSubject", await SaidAsync(c => c["sub"] = "subject-2"));
        Assert.Equal("userInfo", await SaidAsync(c => c["aud"] = "another client"));
        Assert.Equal("userInfo", await SaidAsync(c => c.Remove("aud")));
        Assert.Equal("userInfo", await SaidAsync(c => c["iss"] = "https://evil.example"));
        Assert.Equal("userInfo", await SaidAsync(c => c.Remove("iss")));
        Assert.Equal("userInfo", await SaidAsync(c => c["exp"] = 5));
        Assert.Equal("userInfo", await SaidAsync(_ => { }, t => t[..^6] + "AAAAAA"));
        Assert.Equal(
            "userInfo",
            await SaidAsync(
                _ => { },
                t =>
                    string.Join(
                        '.',
                        [Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlEncode("""{"alg":"none"}"""u8), .. t.Split('.')[1..2], ""]
                    )
            )
        );
        Assert.Equal("userInfo", await SaidAsync(_ => { }, _ => "{\"sub\":\"subject-1\"}"));
    }

    private static void Bare(Dictionary<string, object?> claims)
    {
        foreach (var name in new[] { "name", "given_name", "family_name", "email", "email_verified", "preferred_username" })
        {
            claims.Remove(name);
        }
    }
}
