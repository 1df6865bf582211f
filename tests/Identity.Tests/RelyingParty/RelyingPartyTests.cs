using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

public class RelyingPartyTests
{
    public static TheoryData<Database, string> Rows()
    {
        var rows = new TheoryData<Database, string>();
        foreach (var wrong in WrongAnswers.All)
        {
            rows.Add(Database.Sqlite, wrong.Name);
            rows.Add(Database.Postgres, wrong.Name);
        }

        return rows;
    }

    [Theory, MemberData(nameof(Rows))]
    public async Task A_wrong_answer_is_refused_and_makes_nothing(Database database, string name)
    {
        var row = WrongAnswers.All.Single(w => w.Name == name);
        await using var rig = await SignInRig.NewAsync(database, row.Kind, row.Change);
        row.Wrong(rig.Provider);
        var outcome = await rig.SignInAsync();
        Assert.Equal(row.Refused, outcome.Refusal?.Code);
        Assert.Equal(RefusalKind.Forbidden, outcome.Refusal?.Kind);
        Assert.Equal((0, 0, 0, 0), await rig.MadeAsync());
        Assert.Equal(0, rig.Provider.HitsOf("/evil-keys"));
        Assert.Equal(0, rig.Provider.HitsOf("/elsewhere"));
        Assert.InRange(rig.Provider.HitsOf("/keys"), 1, 3); // the probe, the first, at most one more
    }

    [Theory, EachDatabase(ConnectionKind.Google), EachDatabase(ConnectionKind.Entra), EachDatabase(ConnectionKind.Oidc)]
    public async Task The_same_provider_with_nothing_wrong_signs_the_invited_person_in(Database database, ConnectionKind kind)
    {
        await using var rig = await SignInRig.NewAsync(database, kind);
        var opened = (await rig.SignInAsync()).Value;
        Assert.Equal(rig.Connection.Id, opened.Row.ConnectionId);
        Assert.Equal((1, 1, 1, 0), await rig.MadeAsync());

        var who = (await new ReadSession(rig.Store).RunAsync(opened.Secret, null, default))!;
        var accept = new AcceptInvitation(rig.Store, new(rig.Store), new(rig.Store), new(rig.Store));
        var member = (await accept.RunAsync(who, rig.Invitation, null, null, default)).Value.Member;
        Assert.Equal("jo@acme.com", member.UserName);
        Assert.Equal((1, 1, 1, 1), await rig.MadeAsync());
        Assert.NotNull((await new ReadSession(rig.Store).RunAsync(opened.Secret, "acme", default))!.Actor);
    }

    [Fact]
    public async Task A_start_asks_for_a_code_with_proof_key_nonce_and_state_and_keeps_what_it_needs_sealed()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        var started = await rig.StartAsync();
        var query = QueryHelpers.ParseQuery(started.Url.Query);
        Assert.Equal("code", query["response_type"]);
        Assert.Equal("S256", query["code_challenge_method"]);
        Assert.Equal(43, query["code_challenge"].ToString().Length);
        Assert.Equal("openid profile email", query["scope"]);
        Assert.Equal(SignInRig.Callback.OriginalString, query["redirect_uri"]);
        Assert.Equal(RelyingParty.CookieName(query["state"]), started.CookieName);
        Assert.Empty(SecretScan.Find(started.Url + " " + started.SavedState, rig.Invitation, HostileProvider.ClientSecret));
        Assert.NotEqual(query["state"], QueryHelpers.ParseQuery((await rig.StartAsync()).Url.Query)["state"]);
    }

    [Theory, EachDatabase]
    public async Task An_answer_opens_one_session_and_no_second_whoever_brings_it_again(Database database)
    {
        await using var rig = await SignInRig.NewAsync(database);
        var started = await rig.StartAsync();
        var answer = rig.Provider.Visit(started.Url);
        var completed = (await rig.CompleteAsync(rig.Connection.Id, answer, started.SavedState)).Value;
        var rivals = await SignInRig.AtOnceAsync(8, () => rig.EnterAsync(completed));
        Assert.Single(rivals, r => r.Done);
        Assert.All(rivals.Where(r => !r.Done), r => Assert.Equal("answerUsed", r.Refusal!.Code));
        Assert.Equal("tokenEndpoint", (await rig.CompleteAsync(rig.Connection.Id, answer, started.SavedState)).Refusal?.Code);
        Assert.Equal((1, 1, 1, 0), await rig.MadeAsync());
    }

    [Fact]
    public async Task An_answer_belongs_to_the_browser_the_connection_and_the_quarter_hour_of_its_start()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        var other = (
            await rig.ConnectAsync(ConnectionDraft.Of(rig.Connection) with { Name = "Another", Credential = "another-secret" })
        ).Value;
        var (mine, theirs) = (await rig.StartAsync(), await rig.StartAsync());
        var answer = rig.Provider.Visit(mine.Url);

        async Task<string?> CodeAsync(Id<IdentityConnection> id, string? saved) =>
            (await rig.CompleteAsync(id, answer, saved)).Refusal?.Code;
        Assert.Equal("answerWithoutStart", await CodeAsync(rig.Connection.Id, null));
        Assert.Equal("answerWithoutStart", await CodeAsync(rig.Connection.Id, mine.SavedState[..^4] + "AAAA"));
        Assert.Equal("answerState", await CodeAsync(rig.Connection.Id, theirs.SavedState));
        Assert.Equal("answerConnection", await CodeAsync(other.Id, mine.SavedState));
        rig.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("answerAge", await CodeAsync(rig.Connection.Id, mine.SavedState));
        Assert.Equal(0, rig.Provider.HitsOf("/token"));
    }

    [Fact]
    public async Task A_connection_that_is_switched_off_or_removed_or_pointed_elsewhere_meanwhile_completes_nothing()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        var started = await rig.StartAsync();
        var answer = rig.Provider.Visit(started.Url);
        var change = new ChangeConnection(rig.Store);
        var draft = ConnectionDraft.Of(rig.Connection);

        var off = (
            await change.RunAsync(Actor.Operator, default, rig.Connection.Id, 1, draft with { Enabled = false }, rig.Probe, default)
        ).Value;
        Assert.Equal("connectionGone", (await rig.CompleteAsync(rig.Connection.Id, answer, started.SavedState)).Refusal?.Code);
        var moved = (
            await change.RunAsync(
                Actor.Operator,
                default,
                rig.Connection.Id,
                off.Version,
                draft with
                {
                    ClientId = "another",
                    Credential = "another-secret",
                },
                rig.Probe,
                default
            )
        ).Value;
        Assert.Equal("answerConnectionChanged", (await rig.CompleteAsync(rig.Connection.Id, answer, started.SavedState)).Refusal?.Code);
        _ = (await new RemoveConnection(rig.Store).RunAsync(Actor.Operator, default, moved.Id, default)).Value;
        Assert.Equal("connectionGone", (await rig.CompleteAsync(rig.Connection.Id, answer, started.SavedState)).Refusal?.Code);
        Assert.Equal("connectionGone", (await rig.StartAsync(rig.Connection.Id, new(SignInRig.Callback))).Refusal?.Code);
    }

    [Fact]
    public async Task Every_algorithm_of_the_list_is_taken_with_a_key_id_and_without()
    {
        await using var rig = await SignInRig.NewAsync(
            Database.Sqlite,
            before: p =>
                p.Keys = [
                    HostileProvider.Public(HostileProvider.SecondKey, "second"),
                    HostileProvider.Public(HostileProvider.FirstKey, "first", alg: null),
                    .. Signers.Keys,
                ]
        );
        foreach (var algorithm in ProviderKeys.Algorithms)
        {
            Signers.Use(rig.Provider, algorithm);
            var named = await rig.ProveAsync();
            Assert.True(named.Done, $"{algorithm}: {named.Refusal?.Code}");
            var header = rig.Provider.OnHeader;
            rig.Provider.OnHeader = h =>
            {
                header(h);
                h.Remove("kid");
                h.Remove("typ");
            };
            Assert.True((await rig.ProveAsync()).Done, algorithm + " without a key id");

            // the same with another hash of the access token, and with a bit of the signature changed
            rig.Provider.OnHeader = header;
            rig.Provider.OnClaims = c => c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA";
            Assert.Equal((algorithm, "idTokenAccessTokenHash"), (algorithm, (await rig.ProveAsync()).Refusal?.Code));
            var sign = rig.Provider.Sign;
            rig.Provider.OnClaims = _ => { };
            rig.Provider.Sign = input => [.. sign(input).Select((b, at) => at == 9 ? (byte)(b ^ 1) : b)];
            Assert.Equal((algorithm, "idTokenSignature"), (algorithm, (await rig.ProveAsync()).Refusal?.Code));
        }
    }

    [Fact]
    public async Task A_key_that_is_published_just_before_the_answer_is_fetched_once_and_the_person_is_in()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        Assert.Null((await rig.ProveAsync()).Refusal);
        var before = rig.Provider.HitsOf("/keys");
        rig.Provider.BeforeToken = () =>
        {
            rig.Provider.Keys = [HostileProvider.Public(HostileProvider.SecondKey, "second")];
            rig.Provider.KeyId = "second";
            rig.Provider.Sign = i => HostileProvider.SecondKey.SignData(i, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return Task.CompletedTask;
        };
        var together = await SignInRig.AtOnceAsync(20, () => rig.ProveAsync());
        Assert.All(together, r => Assert.Null(r.Refusal));
        Assert.Equal(before + 1, rig.Provider.HitsOf("/keys"));
    }

    [Fact]
    public async Task A_thousand_answers_with_random_key_ids_fetch_the_keys_once_a_minute_at_most()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        rig.Provider.OnHeader = h => h["kid"] = Guid.CreateVersion7().ToString();
        var probes = rig.Provider.HitsOf("/keys");
        for (var round = 0; round < 10; round++)
        {
            var refused = await SignInRig.AtOnceAsync(100, () => rig.ProveAsync());
            Assert.All(refused, r => Assert.Equal("idTokenSignature", r.Refusal?.Code));
            rig.Clock.Advance(TimeSpan.FromSeconds(12)); // 1,000 answers within two minutes
        }

        Assert.InRange(rig.Provider.HitsOf("/keys") - probes, 2, 3); // the first, one at once, one a minute later
        Assert.InRange(rig.Provider.HitsOf("/.well-known/openid-configuration") - probes, 2, 3); // both are asked for together
    }

    [Fact]
    public async Task Keys_that_cannot_be_fetched_are_a_provider_that_does_not_answer_and_never_a_bad_signature()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        rig.Provider.InsteadOfKeys = http => BreakAsync(http, "down");
        var away = (await rig.StartAsync(rig.Connection.Id, new(SignInRig.Callback))).Refusal!;
        Assert.Equal(("providerUnreachable", RefusalKind.Unavailable), (away.Code, away.Kind));
        Assert.Contains(rig.Log.Lines, l => l.Contains("answered 503", StringComparison.Ordinal));

        // the same while keys are known and newer ones are wanted; the moment at which they can be had, all is well
        rig.Provider.InsteadOfKeys = null;
        rig.Clock.Advance(Cached<OpenIdConnectConfiguration>.RetryAfterFailure);
        Assert.Null((await rig.ProveAsync()).Refusal);
        rig.Provider.InsteadOfKeys = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        rig.Provider.Keys = [HostileProvider.Public(HostileProvider.SecondKey, "second")];
        rig.Provider.KeyId = "second";
        rig.Provider.Sign = i => HostileProvider.SecondKey.SignData(i, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Assert.Equal("providerUnreachable", (await rig.ProveAsync()).Refusal?.Code);
        Assert.Contains(
            rig.Log.Lines,
            l => l.Contains("failed: ", StringComparison.Ordinal) && l.Contains("Exception", StringComparison.Ordinal)
        );
        rig.Provider.InsteadOfKeys = null;
        rig.Clock.Advance(Cached<OpenIdConnectConfiguration>.RetryAfterFailure);
        Assert.Null((await rig.ProveAsync()).Refusal);
    }

    [Fact]
    public async Task What_the_provider_itself_calls_the_error_is_in_the_log_once_and_nothing_else_that_it_sends()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        rig.Provider.OnAnswer = a => [a[1], new("error", "unauthorized_client"), new("error_description", "jo@acme.com is not let in")];
        Assert.Equal("answerError", (await rig.ProveAsync()).Refusal?.Code);
        Assert.Single(
            rig.Log.Lines,
            l => l.EndsWith("refused: answerError; the provider says unauthorized_client", StringComparison.Ordinal)
        );
        rig.Provider.OnAnswer = a => [a[1], new("error", "jo@acme.com\nforged line")];
        Assert.Equal("answerError", (await rig.ProveAsync()).Refusal?.Code);
        rig.Provider.OnAnswer = a => [new("code", "not-a-code"), a[1]];
        Assert.Equal("tokenEndpoint", (await rig.ProveAsync()).Refusal?.Code);
        Assert.Single(rig.Log.Lines, l => l.EndsWith("refused: tokenEndpoint; the provider says invalid_grant", StringComparison.Ordinal));
        rig.Provider.OnAnswer = a => a;
        rig.Provider.OnTokens = t => t["error"] = "invalid_client";
        Assert.Equal("tokenEndpoint", (await rig.ProveAsync()).Refusal?.Code);
        Assert.Single(rig.Log.Lines, l => l.EndsWith("the provider says invalid_client", StringComparison.Ordinal));
        rig.Provider.OnTokens = _ => { };
        rig.Provider.OnClaims = c => c["nonce"] = "another";
        Assert.Equal("idTokenNonce", (await rig.ProveAsync()).Refusal?.Code);
        Assert.Single(rig.Log.Lines, l => l.EndsWith("refused: idTokenNonce", StringComparison.Ordinal));
        Assert.All(rig.Log.Lines, l => Assert.DoesNotContain("jo@acme", l, StringComparison.Ordinal));
        Assert.All(rig.Log.Lines, l => Assert.DoesNotContain("forged", l, StringComparison.Ordinal));
        Assert.Equal(5, rig.Log.Lines.Count);
    }

    public static TheoryData<string> BadKeySets() => ["down", "html", "huge", "slow", "redirect", "symmetric only"];

    [Theory, MemberData(nameof(BadKeySets))]
    public async Task Keys_that_were_known_go_on_working_for_a_day_while_the_endpoint_is_broken(string how)
    {
        await using var rig = await SignInRig.NewAsync(
            Database.Sqlite,
            rules: SignInRig.Loopback with
            {
                Timeout = TimeSpan.FromSeconds(how == "slow" ? 1 : 10),
            }
        );
        Assert.Null((await rig.ProveAsync()).Refusal);
        rig.Provider.InsteadOfKeys = http => BreakAsync(http, how);
        var watch = Stopwatch.StartNew();
        rig.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Null((await rig.ProveAsync()).Refusal);
        rig.Clock.Advance(TimeSpan.FromHours(20));
        Assert.Null((await rig.ProveAsync()).Refusal);
        var begun = await rig.StartAsync();
        rig.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(
            how == "symmetric only" ? "providerUnsupported" : "providerUnreachable",
            (await rig.StartAsync(rig.Connection.Id, new(SignInRig.Callback))).Refusal?.Code
        );
        Assert.NotNull((await rig.CompleteAsync(rig.Connection.Id, rig.Provider.Visit(begun.Url), begun.SavedState)).Refusal);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Until.Longest); // the slow one holds each answer for as long

        rig.Provider.InsteadOfKeys = null;
        rig.Clock.Advance(Cached<OpenIdConnectConfiguration>.RetryAfterFailure);
        Assert.Null((await rig.ProveAsync()).Refusal);
    }

    [Theory, MemberData(nameof(BadKeySets))]
    public async Task A_provider_without_usable_keys_is_not_connected(string how)
    {
        await using var rig = await SignInRig.NewAsync(
            Database.Sqlite,
            rules: SignInRig.Loopback with
            {
                Timeout = TimeSpan.FromSeconds(how == "slow" ? 1 : 10),
            }
        );
        rig.Provider.InsteadOfKeys = http => BreakAsync(http, how);
        Assert.Equal(
            how == "symmetric only" ? "providerUnsupported" : "providerUnreachable",
            (await rig.ConnectAsync(ConnectionDraft.Of(rig.Connection) with { Credential = "another-secret" })).Refusal?.Code
        );
    }

    [Fact]
    public async Task A_provider_that_names_another_issuer_is_not_connected_nor_used()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        var draft = ConnectionDraft.Of(rig.Connection) with { Credential = "another-secret" };
        foreach (var issuer in new[] { rig.Provider.Base + "/", rig.Provider.Base.ToUpperInvariant(), "https://evil.example" })
        {
            rig.Provider.OnDocument = d => d["issuer"] = issuer;
            Assert.Equal("issuerMismatch", (await rig.ConnectAsync(draft)).Refusal?.Code);
        }

        rig.Provider.OnDocument = d => d["jwks_uri"] = "file:///etc/passwd";
        Assert.Equal("addressNotAllowed", (await rig.ConnectAsync(draft)).Refusal?.Code);
        rig.Provider.OnDocument = _ => { };
        rig.Provider.InsteadOfDocument = http => BreakAsync(http, "redirect");
        Assert.Equal("providerUnreachable", (await rig.ConnectAsync(draft)).Refusal?.Code);
        rig.Provider.InsteadOfDocument = null;
        Assert.NotNull((await rig.StartAsync()).Url);
        rig.Clock.Advance(TimeSpan.FromHours(25));
        rig.Provider.OnDocument = d => d["issuer"] = "https://evil.example";
        Assert.Equal("issuerMismatch", (await rig.StartAsync(rig.Connection.Id, new(SignInRig.Callback))).Refusal?.Code);
    }

    [Fact]
    public async Task A_workspaces_connection_reaches_no_address_inside_and_speaks_no_plain_http_whatever_the_installations_may()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        var draft = ConnectionDraft.Of(rig.Connection) with { Credential = "another-secret" };
        var create = new CreateConnection(rig.Store);
        async Task<string?> CodeAsync(string authority) =>
            (await create.RunAsync(Actor.Operator, rig.Workspace.Id, draft with { Authority = authority }, rig.Probe, default))
                .Refusal
                ?.Code;
        Assert.Equal("invalidAuthority", await CodeAsync(rig.Provider.Base));
        foreach (
            var host in new[]
            {
                "127.0.0.1",
                "localhost",
                "2130706433",
                "0177.0.0.1",
                "0x7f.1",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "169.254.169.254",
                "10.0.0.1",
                "[fd00::1]",
                "0.0.0.0",
            }
        )
        {
            Assert.Equal("addressNotAllowed", await CodeAsync($"https://{host}:{new Uri(rig.Provider.Base).Port}"));
        }
    }

    [Theory]
    [InlineData(ClientAuthentication.SecretBasic)]
    [InlineData(ClientAuthentication.SecretPost)]
    [InlineData(ClientAuthentication.PrivateKeyJwt)]
    public async Task The_server_proves_itself_in_the_way_that_the_connection_says(ClientAuthentication how)
    {
        using var key = RSA.Create(2048);
        await using var rig = await SignInRig.NewAsync(
            Database.Sqlite,
            change: d =>
                d with
                {
                    ClientAuthentication = how,
                    Credential = how == ClientAuthentication.PrivateKeyJwt ? key.ExportPkcs8PrivateKeyPem() : HostileProvider.ClientSecret,
                    KeyId = "ours",
                }
        );
        Assert.Null((await rig.ProveAsync()).Refusal);
        Assert.True(rig.Provider.TokenRequests.TryDequeue(out var request));
        switch (how)
        {
            case ClientAuthentication.SecretBasic:
                var pair = Encoding.ASCII.GetString(Convert.FromBase64String(request.Authorization!["Basic ".Length..])).Split(':');
                Assert.Equal([HostileProvider.ClientId, HostileProvider.ClientSecret], pair.Select(Uri.UnescapeDataString));
                Assert.DoesNotContain("client_secret", request.Form.Keys);
                break;
            case ClientAuthentication.SecretPost:
                Assert.Null(request.Authorization);
                Assert.Equal(HostileProvider.ClientSecret, request.Form["client_secret"]);
                break;
            default:
                var parts = request.Form["client_assertion"].Split('.');
                Assert.True(
                    key.VerifyData(
                        Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                        WebEncoders.Base64UrlDecode(parts[2]),
                        HashAlgorithmName.SHA256,
                        RSASignaturePadding.Pkcs1
                    )
                );
                var claims = Claims.Read(WebEncoders.Base64UrlDecode(parts[1]))!;
                Assert.Equal(
                    (HostileProvider.ClientId, HostileProvider.ClientId, rig.Provider.Base),
                    (claims.Text("iss"), claims.Text("sub"), claims.Text("aud"))
                );
                Assert.Equal(rig.Clock.Now + TimeSpan.FromMinutes(1), claims.Date("exp"));
                Assert.NotNull(claims.Text("jti"));
                break;
        }
    }

    private static async Task BreakAsync(HttpContext http, string how)
    {
        switch (how)
        {
            case "down":
                http.Response.StatusCode = 503;
                break;
            case "html":
                await http.Response.WriteAsync("<html>Sign in to the hotel's network</html>");
                break;
            case "huge":
                http.Response.ContentType = "application/json";
                var chunk = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));
                for (var i = 0; i < 50 && !http.RequestAborted.IsCancellationRequested; i++)
                {
                    await http.Response.Body.WriteAsync(chunk);
                }

                break;
            case "slow":
                await Task.Delay(TimeSpan.FromMinutes(1), http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                break;
            case "redirect":
                http.Response.Redirect("/elsewhere");
                break;
            default:
                await http.Response.WriteAsync(
                    """{"keys":[{"kty":"oct","kid":"first","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}]}"""
                );
                break;
        }
    }
}
