using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;

namespace UserManagement.Membership.Tests.Connections;

/// <summary>A workspace with connections, and identities as the relying party would hand them over.</summary>
internal sealed class ConnectionRig(TestWorkspace acme) : IAsyncDisposable
{
    public const string Tenant = "11111111-2222-4333-8444-555555555555";
    public const string Oid = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
    public const string ClientSecret = "a-client-secret-of-theirs";

    public TestWorkspace Acme => acme;

    public static async Task<ConnectionRig> NewAsync(Database kind) => new(await TestWorkspace.NewAsync(kind));

    public static ConnectionDraft Draft(ConnectionKind kind) =>
        new()
        {
            Kind = kind,
            Name = kind.ToString(),
            Authority = kind switch
            {
                ConnectionKind.Google => ConnectionCheck.Google,
                ConnectionKind.Entra => "https://login.microsoftonline.com/common/v2.0",
                _ => "https://sign-in.acme.example",
            },
            ClientId = "client",
            Credential = ClientSecret,
        };

    public static Task<Refusal?> Good(IdentityConnection connection, CancellationToken ct) => Task.FromResult<Refusal?>(null);

    public async Task<IdentityConnection> PlatformAsync(ConnectionKind kind, Func<ConnectionDraft, ConnectionDraft>? change = null) =>
        await MakeAsync(default, kind, change);

    public async Task<IdentityConnection> OwnAsync(
        ConnectionKind kind,
        Func<ConnectionDraft, ConnectionDraft>? change = null,
        TestWorkspace? of = null
    ) => await MakeAsync((of ?? acme).Id, kind, change);

    public ProvenIdentity Who(IdentityConnection connection, string userName = "jo@acme.com", string? subject = null) =>
        new()
        {
            ConnectionId = connection.Id,
            Kind = connection.Kind,
            Issuer = connection.Kind == ConnectionKind.Entra ? $"https://login.microsoftonline.com/{Tenant}/v2.0" : connection.Authority,
            Subject = subject ?? (connection.Kind == ConnectionKind.Entra ? Oid : "subject-1"),
            UserName = userName,
            Email = userName,
            EmailProven = connection.Kind != ConnectionKind.Entra,
            DisplayName = "Jo Harbour",
            TenantId = connection.Kind == ConnectionKind.Entra ? Tenant : null,
            HostedDomain = connection.Kind == ConnectionKind.Google ? EmailAddress.Domain(userName) : null,
            AuthenticatedAt = acme.Clock.Now,
            StateHash = Secret.Hash(Secret.New()),
            StateExpiresAt = acme.Clock.Now.AddMinutes(15),
        };

    public Task<Outcome<OpenedSession>> SignInAsync(ProvenIdentity who, string? invitation = null, Id<Workspace>? workspace = null) =>
        new SignInWithProvider(acme.Store).RunAsync(who, new(workspace ?? acme.Id, invitation), Browser.Unknown, default);

    public async Task<string> InviteAsync(string userName, TestWorkspace? to = null, IdentityProvider provider = IdentityProvider.Any) =>
        (
            await new InvitePeople(acme.Store).RunAsync(
                Actor.Operator,
                (to ?? acme).Id,
                new() { UserNames = [userName], Provider = provider },
                default
            )
        )
            .Value[0]
            .Outcome
            .Value
            .LinkSecret;

    public Task<SignedIn?> ReadAsync(OpenedSession session, string? slug = "acme") =>
        new ReadSession(acme.Store).RunAsync(session.Secret, slug, default);

    public async Task<Outcome<Redeemed>> AcceptAsync(OpenedSession session, string secret) =>
        await new AcceptInvitation(acme.Store, new(acme.Store), new(acme.Store), new(acme.Store)).RunAsync(
            (await ReadAsync(session, null))!,
            secret,
            null,
            null,
            default
        );

    public Task<Outcome<Member>> ProvisionAsync(string userName, string? externalId = null, bool active = true) =>
        new ProvisionMember(acme.Store).RunAsync(
            acme.Directory,
            acme.Id,
            new()
            {
                UserName = userName,
                ExternalId = externalId,
                Active = active,
            },
            default
        );

    /// <summary>How many accounts, logins and sessions there are, decoys aside.</summary>
    public async Task<(int Accounts, int Logins, int Sessions)> MadeAsync()
    {
        await using var db = acme.Store.Read();
        return (await db.Accounts.CountAsync(), await db.Logins.CountAsync(), await db.Sessions.CountAsync());
    }

    public ValueTask DisposeAsync() => acme.DisposeAsync();

    private async Task<IdentityConnection> MakeAsync(
        Id<Workspace> workspace,
        ConnectionKind kind,
        Func<ConnectionDraft, ConnectionDraft>? change
    )
    {
        var draft = Draft(kind);
        return (
            await new CreateConnection(acme.Store).RunAsync(Actor.Operator, workspace, change?.Invoke(draft) ?? draft, Good, default)
        ).Value;
    }
}
