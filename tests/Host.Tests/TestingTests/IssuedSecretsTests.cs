using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests.TestingTests;

public class IssuedSecretsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, InlineData(false), InlineData(true)]
    public void A_secret_is_found_in_clear_inside_longer_text_and_in_hex(bool isWithin)
    {
        var secret = isWithin ? Secret.Within(Id<Workspace>.New(TimeProvider.System)) : Secret.New();
        var secrets = new IssuedSecrets();
        secrets.Note($"Bearer umscim_{secret}", "a test");

        Assert.Equal(1, secrets.Count);
        var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(secret);
        foreach (
            var leak in new[]
            {
                secret,
                $"xx{secret}yy",
                Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(secret)),
                "00" + Convert.ToHexString(bytes),
            }
        )
        {
            var told = Assert.Throws<InvalidOperationException>(() => secrets.AssertNoneIn($"a\nname={leak}\nb", "place"));
            Assert.DoesNotContain(secret, told.Message, StringComparison.Ordinal);
            Assert.Contains("name=", told.Message, StringComparison.Ordinal);
        }

        secrets.AssertNoneIn($"{Secret.New()} {secret[..42]} {Convert.ToHexString(Secret.Hash(secret))}", "place");
    }

    [Theory, EachDatabase]
    public async Task A_server_that_leaves_one_in_the_database_or_the_log_fails_its_test(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var clean = await TestServer.StartAsync(database);
        var workspace = (await clean.Service<CreateWorkspace>().RunAsync(Actor.Operator, new("acme", "Acme", "seats"), Ct)).Value;
        var token = (await clean.Service<CreateScimCredential>().RunAsync(Actor.Operator, workspace.Id, "Entra", TimeSpan.FromDays(1), Ct))
            .Value
            .Token;
        using (
            var asked = new HttpRequestMessage(HttpMethod.Get, "/scim/v2/acme/Users") { Headers = { Authorization = new("Bearer", token) } }
        )
        {
            (await clean.Client.SendAsync(asked, Ct)).EnsureSuccessStatusCode();
        }

        Assert.True(clean.Secrets.Count > 0);
        await clean.DisposeAsync();

        var leaking = await TestServer.StartAsync(database);
        leaking.Secrets.Note(token, "a test");
        await leaking.Service<CreateWorkspace>().RunAsync(Actor.Operator, new("leak", $"We keep {token[7..]}", "seats"), Ct);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await leaking.DisposeAsync());
    }
}
