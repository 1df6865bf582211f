using System.Net;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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
    public static readonly OutboundRules Loopback = new()
    {
        PlatformNetworks = [IPNetwork.Parse("127.0.0.0/8")],
        PlatformMayUseHttp = true,
    };
    public static readonly Uri Callback = new("https://people.example/signin/x/callback");
    private readonly TestDatabase _database;
    private readonly ServiceProvider _services;

    private SignInRig(TestDatabase database, HandClock clock, HostileProvider provider, OutboundRules rules)
    {
        (_database, Clock, Provider) = (database, clock, provider);
        Store = database.Store(clock);
        Log = new();
        var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton(new FindConnection(Store))
            .AddLogging(logging => logging.AddProvider(Log));
        _services = services
            .AddRelyingParty(rules)
            .AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider())
            .BuildServiceProvider();
        Party = _services.GetRequiredService<RelyingParty>();
        Probe = _services.GetRequiredService<ConnectionProbe>();
    }

    public HandClock Clock { get; }

    public Store Store { get; }

    public HostileProvider Provider { get; }

    public KeptLog Log { get; }

    public RelyingParty Party { get; }

    public ConnectionProbe Probe { get; }

    public WorkspaceContext Workspace { get; private set; } = null!;

    public IdentityConnection Connection { get; private set; } = null!;

    public string Invitation { get; private set; } = "";

    public static async Task<SignInRig> NewAsync(
        Database database,
        ConnectionKind kind = ConnectionKind.Oidc,
        Func<ConnectionDraft, ConnectionDraft>? change = null,
        OutboundRules? rules = null,
        Action<HostileProvider>? before = null
    )
    {
        var clock = new HandClock();
        var provider = await HostileProvider.NewAsync(kind, clock);
        before?.Invoke(provider);
        var rig = new SignInRig(await TestDatabase.NewAsync(database), clock, provider, rules ?? Loopback);
        rig.Workspace = (await new CreateWorkspace(rig.Store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)).Value;
        rig.Invitation = (
            await new InvitePeople(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, new() { UserNames = ["jo@acme.com"] }, default)
        )
            .Value[0]
            .Outcome
            .Value
            .LinkSecret;
        var draft = new ConnectionDraft
        {
            Kind = kind,
            Name = "Their sign-in",
            Authority = provider.Authority,
            ClientId = HostileProvider.ClientId,
            Credential = HostileProvider.ClientSecret,
        };
        rig.Connection = (await rig.ConnectAsync(change?.Invoke(draft) ?? draft)).Value;
        return rig;
    }

    public Task<Membership.Outcome<IdentityConnection>> ConnectAsync(ConnectionDraft draft) =>
        new CreateConnection(Store).RunAsync(Actor.Operator, default, draft, Probe, default);

    public async Task<AuthorizationRequest> StartAsync() =>
        (await StartAsync(Connection.Id, new(Callback, InvitationSecret: Invitation))).Value;

    public async Task<Membership.Outcome<AuthorizationRequest>> StartAsync(Id<IdentityConnection> id, SignInStart start)
    {
        await using var scope = _services.CreateAsyncScope();
        return await Party.StartAsync(new DefaultHttpContext { RequestServices = scope.ServiceProvider }, id, start);
    }

    /// <summary>The browser comes back: with the answer in its query, and what its cookie held.</summary>
    public async Task<Membership.Outcome<CompletedSignIn>> CompleteAsync(
        Id<IdentityConnection> id,
        IReadOnlyList<KeyValuePair<string, string>> answer,
        string? saved
    ) => (await CompleteAsync(id, answer, saved, otherWay: false)).Completed;

    /// <summary>
    /// As <see cref="CompleteAsync(Id{IdentityConnection}, IReadOnlyList{KeyValuePair{string, string}}, string?)"/>, and what begins anew
    /// where that is wanted.
    /// </summary>
    public async Task<(Membership.Outcome<CompletedSignIn> Completed, AuthorizationRequest? Anew)> CompleteAsync(
        Id<IdentityConnection> id,
        IReadOnlyList<KeyValuePair<string, string>> answer,
        string? saved,
        bool otherWay
    )
    {
        await using var scope = _services.CreateAsyncScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        (http.Request.Method, http.Request.QueryString) = (
            "GET",
            QueryString.Create(answer.Select(a => KeyValuePair.Create(a.Key, (string?)a.Value)))
        );
        var outcome = await Party.CompleteAsync(http, id, saved);
        return (
            outcome,
            otherWay && outcome.Refusal is { } refusal && await Party.OtherWayAsync(http, id, saved, refusal) is { } anew
                ? anew.Value
                : null
        );
    }

    /// <summary>Start, the visit at the provider, completion: without the core's decision.</summary>
    public async Task<Membership.Outcome<CompletedSignIn>> ProveAsync(Func<AuthorizationRequest, AuthorizationRequest>? between = null)
    {
        var started = await StartAsync();
        started = between?.Invoke(started) ?? started;
        return await CompleteAsync(Connection.Id, Provider.Visit(started.Url), started.SavedState);
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
        return (
            await db.Accounts.CountAsync(),
            await db.Logins.CountAsync(),
            await db.Sessions.CountAsync(),
            await db.Members.CountAsync(m => m.State == MemberState.Active)
        );
    }

    /// <summary>So many at one instant.</summary>
    public static async Task<IReadOnlyList<T>> AtOnceAsync<T>(int count, Func<Task<T>> act) =>
        [.. (await Rivals.RaceAsync(count, _ => act())).Select(r => r.Required)];

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Provider.DisposeAsync();
        await _database.DisposeAsync();
    }
}

/// <summary>What was logged, line by line.</summary>
internal sealed class KeptLog : ILoggerProvider, ILogger
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => _lines.Enqueue(formatter(state, exception));

    public void Dispose() { }
}
