using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

public class ConnectionSchemesTests
{
    [Fact]
    public async Task No_scheme_is_registered_and_each_version_of_a_row_is_one_from_the_moment_it_is_read()
    {
        var cache = new OptionsCache<OpenIdConnectOptions>();
        var rows = new ConnectionRows(cache);
        var schemes = new ConnectionSchemes(Options.Create(new AuthenticationOptions()), rows);
        Assert.Empty(await schemes.GetAllSchemesAsync());
        Assert.Empty(await schemes.GetRequestHandlerSchemesAsync());
        var id = Id<IdentityConnection>.New(new HandClock());
        Assert.Null(await schemes.GetSchemeAsync($"connection.{id}.1"));
        var names = Enumerable.Range(1, 4).Select(version => rows.Keep(Row(id, version))).ToList();
        Assert.Equal([false, false, true, true], names.Select(n => rows.Of(n) is not null)); // the one before may be in flight
        Assert.NotNull(await schemes.GetSchemeAsync(names[3]));
        Assert.Empty(await schemes.GetAllSchemesAsync());
        rows.Forget(id);
        Assert.All(names, n => Assert.Null(rows.Of(n)));

        List<Id<IdentityConnection>> many = [.. Enumerable.Range(0, 5001).Select(_ => Id<IdentityConnection>.New(new HandClock()))];
        var kept = many.Take(5000).Select(one => rows.Keep(Row(one, 1))).ToList();
        rows.Keep(Row(many[0], 1)); // used again, so it is not the one that goes
        var last = rows.Keep(Row(many[5000], 1));
        Assert.Equal(5000, rows.Count);
        Assert.Equal(
            (true, false, true, true),
            (rows.Of(kept[0]) is not null, rows.Of(kept[1]) is not null, rows.Of(kept[4999]) is not null, rows.Of(last) is not null)
        );
    }

    [Fact]
    public async Task A_connection_changed_between_start_and_answer_completes_where_provider_and_client_stay_the_same()
    {
        await using var rig = await SignInRig.NewAsync(Database.Sqlite);
        var started = await rig.StartAsync();
        var answer = rig.Provider.Visit(started.Url);
        _ = (
            await new ChangeConnection(rig.Store).RunAsync(
                Actor.Operator,
                default,
                rig.Connection.Id,
                1,
                ConnectionDraft.Of(rig.Connection) with
                {
                    Name = "Renamed",
                    Domains = [],
                },
                rig.Probe,
                default
            )
        ).Value;
        Assert.Null((await rig.CompleteAsync(rig.Connection.Id, answer, started.SavedState)).Refusal);

        // a new secret holds from the next request on
        rig.Provider.TokenRequests.Clear();
        _ = (
            await new ChangeConnection(rig.Store).RunAsync(
                Actor.Operator,
                default,
                rig.Connection.Id,
                null,
                ConnectionDraft.Of(rig.Connection) with
                {
                    Credential = "another-secret",
                },
                rig.Probe,
                default
            )
        ).Value;
        Assert.Null((await rig.ProveAsync()).Refusal);
        Assert.EndsWith(
            ":another-secret",
            System.Text.Encoding.ASCII.GetString(
                Convert.FromBase64String(rig.Provider.TokenRequests.Single().Authorization!["Basic ".Length..])
            ),
            StringComparison.Ordinal
        );
    }

    private static ConnectionWithSecret Row(Id<IdentityConnection> id, long version) =>
        new(
            new()
            {
                WorkspaceId = default,
                Id = id,
                Kind = ConnectionKind.Oidc,
                Name = "Any",
                Authority = "https://any.example",
                ClientId = "um",
                ClientAuthentication = default,
                CredentialSealed = [],
                Enabled = true,
                CreatedAt = default,
                Version = version,
            },
            "secret"
        );
}
