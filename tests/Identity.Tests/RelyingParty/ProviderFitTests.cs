using UserManagement.Membership;
using UserManagement.Membership.Connections;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

public class ProviderFitTests
{
    [Fact]
    public async Task What_cannot_work_is_told_when_the_connection_is_made_and_what_can_is_taken()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        var draft = ConnectionDraft.Of(rig.Connection) with { Credential = "another-secret" };
        (string Name, string[] Offered, string? Word)[] rows =
        [
            ("id_token_signing_alg_values_supported", ["HS256"], "HS256"),
            ("id_token_signing_alg_values_supported", ["none", "ES256K"], "ES256K"),
            ("id_token_signing_alg_values_supported", ["RS512"], null),
            ("id_token_signing_alg_values_supported", ["EdDSA"], null),
            ("id_token_signing_alg_values_supported", ["HS256", "PS384"], null),
            ("response_types_supported", ["id_token", "id_token token"], "authorization code flow"),
            ("response_types_supported", ["code id_token", "code"], null),
            ("grant_types_supported", ["implicit"], "authorization code flow"),
            ("token_endpoint_auth_methods_supported", ["client_secret_post"], "It takes client_secret_post"),
            ("token_endpoint_auth_methods_supported", ["tls_client_auth"], "tls_client_auth"),
            ("token_endpoint_auth_methods_supported", ["private_key_jwt", "client_secret_basic"], null),
            ("code_challenge_methods_supported", ["plain"], "S256"),
            ("response_modes_supported", ["fragment"], "form_post"),
            ("response_modes_supported", ["form_post"], null),
            ("id_token_signing_alg_values_supported", [], null),
        ];
        foreach (var (name, offered, word) in rows)
        {
            rig.Provider.OnDocument = d => d[name] = offered;
            var refusal = (await rig.ConnectAsync(draft)).Refusal;
            Assert.Equal((name, word is null ? null : "providerUnsupported"), (name, refusal?.Code));
            Assert.Contains(word ?? "", refusal?.Message ?? "", StringComparison.Ordinal);
        }

        rig.Provider.OnDocument = d => d["token_endpoint_auth_methods_supported"] = new[] { "client_secret_post" };
        Assert.True((await rig.ConnectAsync(draft with { ClientAuthentication = ClientAuthentication.SecretPost })).Done);

        // a page's "try it" says the same, and switching off works all the same
        Assert.Equal(
            "providerUnsupported",
            (await new CheckConnection(rig.Store).RunAsync(Membership.Access.Actor.Operator, default, null, draft, rig.Probe, default))
                .Refusal
                ?.Code
        );
        Assert.True(
            (
                await new ChangeConnection(rig.Store).RunAsync(
                    Membership.Access.Actor.Operator,
                    default,
                    rig.Connection.Id,
                    null,
                    ConnectionDraft.Of(rig.Connection) with
                    {
                        Enabled = false,
                    },
                    rig.Probe,
                    default
                )
            ).Done
        );
    }

    [Fact]
    public async Task Keys_of_any_usable_kind_suffice_and_their_lack_is_told()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        var draft = ConnectionDraft.Of(rig.Connection) with { Credential = "another-secret" };
        foreach (var key in Signers.Keys)
        {
            rig.Provider.Keys = [key];
            Assert.True((await rig.ConnectAsync(draft)).Done, key["kid"]!.ToString());
        }

        using var small = System.Security.Cryptography.RSA.Create(1024);
        Dictionary<string, object?>[] useless =
        [
            HostileProvider.Public(small, "small"),
            new()
            {
                ["kty"] = "OKP",
                ["crv"] = "Ed448",
                ["kid"] = "448",
                ["x"] = new string('A', 76),
            },
            new()
            {
                ["kty"] = "EC",
                ["crv"] = "secp256k1",
                ["kid"] = "k1",
                ["x"] = new string('A', 43),
                ["y"] = new string('A', 43),
            },
            new()
            {
                ["kty"] = "OKP",
                ["crv"] = "Ed25519",
                ["kid"] = "short",
                ["x"] = "AAAA",
            },
        ];
        foreach (var key in useless)
        {
            rig.Provider.Keys = [key];
            var refusal = (await rig.ConnectAsync(draft)).Refusal!;
            Assert.Equal((key["kid"], "providerUnsupported", RefusalKind.Invalid), (key["kid"], refusal.Code, refusal.Kind));
        }
    }

    [Fact]
    public async Task A_document_behind_one_redirect_of_its_origin_is_read_and_one_elsewhere_is_named()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        var draft = ConnectionDraft.Of(rig.Connection) with { Credential = "another-secret" };
        const string there = "/.well-known/openid-configuration";
        rig.Provider.OnRequest = http => http.Request.Path == there && http.Request.Query.Count == 0 ? there + "?moved=1" : null;
        Assert.True((await rig.ConnectAsync(draft)).Done);
        Assert.True((await rig.ProveAsync()).Done);

        rig.Provider.OnRequest = http => http.Request.Path == there ? there + "?again=1" : null;
        Assert.Equal("providerUnreachable", (await rig.ConnectAsync(draft)).Refusal?.Code);
        await using var other = await HostileProvider.NewAsync(ConnectionKind.Oidc, rig.Clock);
        foreach (
            var elsewhere in new[]
            {
                other.Base + there,
                "https://elsewhere.example" + there,
                $"http://user@127.0.0.1:{new Uri(rig.Provider.Base).Port}{there}?x",
            }
        )
        {
            rig.Provider.OnRequest = http => http.Request.Path == there ? elsewhere : null;
            var moved = (await rig.ConnectAsync(draft)).Refusal!;
            Assert.Equal("documentMoved", moved.Code);
            Assert.Contains(new Uri(elsewhere).GetLeftPart(UriPartial.Path), moved.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, other.HitsOf(there));
        rig.Provider.OnRequest = http => http.Request.Path == "/keys" && http.Request.Query.Count == 0 ? "/keys?moved=1" : null;
        Assert.Equal("providerUnreachable", (await rig.ConnectAsync(draft)).Refusal?.Code); // the document alone
    }
}
