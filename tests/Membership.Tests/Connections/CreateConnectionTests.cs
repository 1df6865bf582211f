using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Connections;

public class CreateConnectionTests
{
    [Theory, EachDatabase]
    public async Task An_admin_connects_the_own_workspace_and_only_the_operator_the_installation(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var other = await rig.Acme.OtherAsync();
        var admin = rig.Acme.As(await rig.Acme.JoinAsync("admin@acme.com", "admin"));
        var member = rig.Acme.As(await rig.Acme.JoinAsync("member@acme.com", "member"));
        var create = new CreateConnection(rig.Acme.Store);
        var asked = 0;
        Task<Refusal?> Probe(IdentityConnection connection, CancellationToken ct)
        {
            asked++;
            return Task.FromResult<Refusal?>(null);
        }

        var draft = ConnectionRig.Draft(ConnectionKind.Oidc);
        Assert.Equal("forbidden", (await create.RunAsync(member, rig.Acme.Id, draft, Probe, default)).Refusal?.Code);
        Assert.Equal("notFound", (await create.RunAsync(admin, other.Id, draft, Probe, default)).Refusal?.Code);
        Assert.Equal("notFound", (await create.RunAsync(admin, default, draft, Probe, default)).Refusal?.Code);
        Assert.Equal(0, asked);
        Assert.True((await create.RunAsync(admin, rig.Acme.Id, draft, Probe, default)).Done);
        Assert.True((await create.RunAsync(Actor.Operator, default, draft, Probe, default)).Done);
        Assert.Equal(2, asked);
    }

    [Theory, EachDatabase]
    public async Task A_secret_is_stored_sealed_told_to_nobody_and_given_anew_when_the_provider_changes(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var made = await rig.OwnAsync(ConnectionKind.Oidc);
        var change = new ChangeConnection(rig.Acme.Store);
        var draft = ConnectionDraft.Of(made);
        Assert.Equal(ConnectionRig.ClientSecret, (await new FindConnection(rig.Acme.Store).RunAsync(made.Id, default)).Value.Credential);
        Assert.Equal(
            "credentialNeeded",
            (
                await change.RunAsync(
                    Actor.Operator,
                    rig.Acme.Id,
                    made.Id,
                    1,
                    draft with
                    {
                        Authority = "https://evil.example",
                    },
                    ConnectionRig.Good,
                    default
                )
            )
                .Refusal
                ?.Code
        );
        var renamed = (
            await change.RunAsync(Actor.Operator, rig.Acme.Id, made.Id, 1, draft with { Name = "Renamed" }, ConnectionRig.Good, default)
        ).Value;
        Assert.Equal(
            "stale",
            (await change.RunAsync(Actor.Operator, rig.Acme.Id, made.Id, 1, draft, ConnectionRig.Good, default)).Refusal?.Code
        );
        Assert.Equal(ConnectionRig.ClientSecret, (await new FindConnection(rig.Acme.Store).RunAsync(renamed.Id, default)).Value.Credential);

        await using var db = rig.Acme.Store.Read();
        var lines = await db.AuditEntries.AsNoTracking().Where(e => e.TargetId == made.Id.Value).OrderBy(e => e.Act).ToListAsync();
        Assert.Equal(["connection.changed", "connection.created"], lines.Select(l => l.Act));
        Assert.Empty(SecretScan.Find(string.Concat(lines.Select(l => l.Before + l.After)), ConnectionRig.ClientSecret));
        Assert.Empty(SecretScan.Find(made.CredentialSealed, ConnectionRig.ClientSecret));
    }

    [Theory]
    [InlineData("http://sign-in.acme.example")]
    [InlineData("https://user:password@sign-in.acme.example")]
    [InlineData("https://sign-in.acme.example?x=1")]
    [InlineData("https://sign-in.acme.example#x")]
    [InlineData("ftp://sign-in.acme.example")]
    [InlineData("sign-in.acme.example")]
    [InlineData("")]
    public void An_issuer_is_an_https_address_and_nothing_more(string authority) =>
        Assert.Equal(
            "authority",
            ConnectionCheck.Check(ConnectionRig.Draft(ConnectionKind.Oidc) with { Authority = authority }, platform: false)?.Field
        );

    [Fact]
    public void A_workspaces_connection_takes_googles_and_entras_rules_only_from_them()
    {
        Assert.Null(ConnectionCheck.Check(ConnectionRig.Draft(ConnectionKind.Google), platform: false));
        Assert.Null(ConnectionCheck.Check(ConnectionRig.Draft(ConnectionKind.Entra), platform: false));
        Assert.NotNull(
            ConnectionCheck.Check(
                ConnectionRig.Draft(ConnectionKind.Google) with
                {
                    Authority = "https://accounts.google.com.evil.example",
                },
                platform: false
            )
        );
        Assert.NotNull(
            ConnectionCheck.Check(
                ConnectionRig.Draft(ConnectionKind.Entra) with
                {
                    Authority = "https://evil.example/common/v2.0",
                },
                platform: false
            )
        );
        Assert.NotNull(
            ConnectionCheck.Check(
                ConnectionRig.Draft(ConnectionKind.Entra) with
                {
                    Authority = "https://login.microsoftonline.com/acme.com/v2.0",
                },
                platform: false
            )
        );
        Assert.NotNull(ConnectionCheck.Check(ConnectionRig.Draft(ConnectionKind.Entra) with { UnknownMayJoin = true }, platform: false));
        Assert.NotNull(
            ConnectionCheck.Check(ConnectionRig.Draft(ConnectionKind.Google) with { Domains = ["evil@acme.com"] }, platform: false)
        );
        Assert.NotNull(
            ConnectionCheck.Check(
                ConnectionRig.Draft(ConnectionKind.Oidc) with
                {
                    ClientAuthentication = ClientAuthentication.PrivateKeyJwt,
                },
                platform: false
            )
        );
    }
}
