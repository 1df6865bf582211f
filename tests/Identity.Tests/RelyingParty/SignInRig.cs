using System.Net;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;

namespace UserManagement.Identity.Tests;

/// <summary>A relying party and a core on a database of their own, a provider of a kind, and an invitation for jo@acme.com.</summary>
internal sealed class SignInRig : IAsyncDisposable
{
    public static readonly OutboundRules Loopback = new() { PlatformNetworks = [IPNetwork.Parse("127.0.0.0/8")], PlatformMayUseHttp = true };
    public static readonly Uri Callback = new("https://people.example/signin/x/callback");
    private readonly TestDatabase _database;

    private SignInRig(TestDatabase database, HandClock clock, HostileProvider provider, OutboundRules rules)
    {
        (_database, Clock, Provider) = (database, clock, provider);
        Store = database.Store(clock);
        Protection = new EphemeralDataProtectionProvider();
        Party = new(new FindConnection(Store), rules, Protection, clock, NullLogger<RelyingParty>.Instance);
    }

    public HandClock Clock { get; }

    public Store Store { get; }

    public HostileProvider Provider { get; }

    public IDataProtectionProvider Protection { get; }

    public RelyingParty Party { get; }

    public OpenWorkspace Workspace { get; private set; } = null!;

    public IdentityConnection Connection { get; private set; } = null!;

    public string Invitation { get; private set; } = "";

    public static async Task<SignInRig> NewAsync(
        Database database, ConnectionKind kind = ConnectionKind.Oidc, Func<ConnectionDraft, ConnectionDraft>? change = null, OutboundRules? rules = null, Action<HostileProvider>? before = null)
    {
        var clock = new HandClock();
        var provider = await HostileProvider.NewAsync(kind, clock);
        before?.Invoke(provider);
        var rig = new SignInRig(await TestDatabase.NewAsync(database), clock, provider, rules ?? Loopback);
        rig.Workspace = (await new CreateWorkspace(rig.Store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)).Value;
        rig.Invitation = (await new InvitePeople(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, new() { UserNames = ["jo@acme.com"] }, default)).Value[0].Outcome.Value.LinkSecret;
        var draft = new ConnectionDraft { Kind = kind, Name = "Their sign-in", Authority = provider.Authority, ClientId = HostileProvider.ClientId, Credential = HostileProvider.ClientSecret };
        rig.Connection = (await rig.ConnectAsync(change?.Invoke(draft) ?? draft)).Value;
        return rig;
    }

    public Task<Membership.Outcome<IdentityConnection>> ConnectAsync(ConnectionDraft draft) =>
        new CreateConnection(Store).RunAsync(Actor.Operator, default, draft, Party.ProbeAsync, default);

    public async Task<AuthorizationRequest> StartAsync() =>
        (await Party.StartAsync(Connection.Id, new(Callback, InvitationSecret: Invitation), default)).Value;

    /// <summary>Start, the visit at the provider, completion: without the core's decision.</summary>
    public async Task<Membership.Outcome<CompletedSignIn>> ProveAsync(Func<AuthorizationRequest, AuthorizationRequest>? between = null)
    {
        var started = await StartAsync();
        started = between?.Invoke(started) ?? started;
        return await Party.CompleteAsync(Connection.Id, Provider.Visit(started.Url), started.SavedState, default);
    }

    /// <summary>The whole sign-in, as a page will run it.</summary>
    public async Task<Membership.Outcome<OpenedSession>> SignInAsync(Func<AuthorizationRequest, AuthorizationRequest>? between = null) =>
        (await ProveAsync(between)).Is(out var completed, out var refusal) ? await EnterAsync(completed) : refusal;

    public Task<Membership.Outcome<OpenedSession>> EnterAsync(CompletedSignIn completed) =>
        new SignInWithProvider(Store).RunAsync(completed.Identity, completed.Aim, Browser.Unknown, default);

    /// <summary>How many accounts, logins, sessions and active members there are.</summary>
    public async Task<(int Accounts, int Logins, int Sessions, int Members)> MadeAsync()
    {
        await using var db = Store.Read();
        return (await db.Accounts.CountAsync(), await db.Logins.CountAsync(), await db.Sessions.CountAsync(), await db.Members.CountAsync(m => m.State == MemberState.Active));
    }

    /// <summary>So many at one instant.</summary>
    public static async Task<IReadOnlyList<T>> AtOnceAsync<T>(int count, Func<Task<T>> act) => [.. (await Rivals.RaceAsync(count, _ => act())).Select(r => r.Required)];

    public async ValueTask DisposeAsync()
    {
        Party.Dispose();
        await Provider.DisposeAsync();
        await _database.DisposeAsync();
    }
}
