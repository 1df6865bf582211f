using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests;

/// <summary>A workspace on a database of its own, with its actors: what most tests of the core begin with.</summary>
internal sealed class TestWorkspace : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private TestWorkspace(TestDatabase database, Store store, HandClock clock, WorkspaceContext workspace)
    {
        _database = database;
        Store = store;
        Clock = clock;
        Workspace = workspace;
    }

    public Store Store { get; }

    public HandClock Clock { get; }

    public WorkspaceContext Workspace { get; private set; }

    public Id<Workspace> Id => Workspace.Id;

    /// <summary>A directory with a token of this workspace.</summary>
    public Actor Directory =>
        new()
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "Entra",
            Id = Guid.CreateVersion7(),
            Workspace = Id,
            Permissions = Actor.DirectoryPermissions,
        };

    public static async Task<TestWorkspace> NewAsync(
        Database kind,
        string preset = "seats",
        Func<WorkspaceConfiguration, WorkspaceConfiguration>? change = null,
        bool isUnused = false,
        bool isCut = false
    )
    {
        var database = await (isUnused ? TestDatabase.UnusedAsync(kind) : TestDatabase.NewAsync(kind));
        if (isCut)
        {
            await CitusStandIn.PutAsync(database, isCut);
        }

        var clock = new HandClock();
        var store = database.Store(clock);
        var workspace = (await new CreateWorkspace(store).RunAsync(Actor.Operator, new("acme", "Acme", preset), default)).Value;
        var made = new TestWorkspace(database, store, clock, workspace);
        if (change is not null)
        {
            await made.ConfigureAsync(change);
        }

        return made;
    }

    /// <summary>Another workspace on the same database.</summary>
    public async Task<TestWorkspace> OtherAsync(string slug = "other", string preset = "seats") =>
        new(_database, Store, Clock, (await new CreateWorkspace(Store).RunAsync(Actor.Operator, new(slug, slug, preset), default)).Value);

    public async Task ConfigureAsync(Func<WorkspaceConfiguration, WorkspaceConfiguration> change)
    {
        await using var db = Store.Read();
        var now = (await WorkspaceContext.ByIdAsync(db, Id, default))!;
        Workspace = (
            await new ChangeConfiguration(Store).RunAsync(Actor.Operator, Id, now.Row.Version, change(now.Configuration), default)
        ).Value;
    }

    /// <summary>Somebody the directory brings in.</summary>
    public Task<Outcome<Member>> ProvisionAsync(string userName, bool active = true) =>
        new ProvisionMember(Store).RunAsync(Directory, Id, new MemberAttributes { UserName = userName, Active = active }, default);

    /// <summary>Somebody the directory brings in a minute later.</summary>
    public async Task<Member> AddAsync(string name)
    {
        Clock.Advance(TimeSpan.FromMinutes(1));
        return (await ProvisionAsync($"{name}@acme.test")).Value;
    }

    /// <summary>The same workspace on another server.</summary>
    public TestWorkspace SecondServer() => new(_database, _database.Store(Clock), Clock, Workspace);

    /// <summary>A line to its database that takes pipelines apart.</summary>
    public SplittingLine Split() => new(_database);

    /// <summary>The same workspace over another way to its database.</summary>
    public TestWorkspace Over(UserManagement.Storage.MembershipSource source) =>
        new(_database, source.Store(Clock, new SecretBox(TestDatabase.MasterKey)), Clock, Workspace);

    /// <summary>The directory says active or not.</summary>
    public Task<Outcome<Member>> SayAsync(Id<Member> member, bool active) =>
        new UpdateProvisionedMember(Store).RunAsync(
            Directory,
            Id,
            member,
            null,
            m => MemberAttributes.Of(m) with { Active = active },
            default
        );

    /// <summary>What a directory says is held, as the acts that decide on it leave it.</summary>
    public Task<Outcome<Member>> HoldAsync(Id<Member> id, HeldAs held) =>
        Store.ChangeAsync<Member>(
            Actor.System,
            Id,
            "test",
            async attempt =>
            {
                var (workspace, file) = await MemberWithGrants.OpenAsync(attempt.Db, Id, id, default);
                return await Admission.PlaceAsync(
                    attempt,
                    workspace!,
                    file,
                    file!.Member with
                    {
                        DirectoryActive = held == HeldAs.Admission,
                        HeldAs = held,
                        HeldSince = attempt.At,
                        HeldUntil = attempt.At.AddDays(3),
                    },
                    file.Grants,
                    null,
                    default
                );
            },
            default
        );

    /// <summary>An active member of a role who has an account: made by an invitation that is redeemed.</summary>
    public async Task<Member> JoinAsync(string userName, string? role = null, Id<Account>? account = null)
    {
        var invited = (
            await new Membership.Invitations.InvitePeople(Store).RunAsync(
                Actor.Operator,
                Id,
                new() { UserNames = [userName], Role = role },
                default
            )
        )
            .Value[0]
            .Outcome
            .Value;
        return (await RedeemAsync(invited.LinkSecret, userName, account)).Value.Member;
    }

    public Task<Outcome<Membership.Invitations.Redeemed>> RedeemAsync(string secret, string userName, Id<Account>? account = null) =>
        new Membership.Invitations.RedeemInvitation(Store).RunAsync(
            new()
            {
                Kind = ActorKind.Person,
                Door = Door.SignIn,
                Name = userName,
            },
            secret,
            new()
            {
                AccountId = account ?? Id<Account>.New(TimeProvider.System),
                Provider = Membership.Invitations.IdentityProvider.Local,
                UserName = userName,
            },
            default
        );

    /// <summary>The member as somebody who acts, with what the role allows now.</summary>
    public Actor As(Member member) =>
        new()
        {
            Kind = ActorKind.Member,
            FreshUntil = DateTimeOffset.MaxValue,
            Door = Door.Page,
            Name = member.ShownName,
            Id = member.Id.Value,
            Workspace = Id,
            Member = member.Id,
            Role = member.Role,
            Permissions = Workspace.Configuration.PermissionsOf(member.Role),
        };

    public async Task<Member> ReadAsync(Id<Member> id)
    {
        await using var db = Store.Read();
        return await db.Members.SingleAsync(m => m.WorkspaceId == Id && m.Id == id);
    }

    /// <summary>Makes an invitation as the operator.</summary>
    public async Task<Membership.Invitations.IssuedInvitation> InviteAsync(
        string userName,
        string? role = null,
        Func<Membership.Invitations.InvitationRequest, Membership.Invitations.InvitationRequest>? also = null
    )
    {
        var request = new Membership.Invitations.InvitationRequest { UserNames = [userName], Role = role };
        return (
            await new Membership.Invitations.InvitePeople(Store).RunAsync(
                Actor.Operator,
                Id,
                also is null ? request : also(request),
                default
            )
        )
            .Value[0]
            .Outcome
            .Value;
    }

    public async Task<Outcome<Member>> AssignAsync(Actor actor, Id<Member> member, string role) =>
        await new AssignRole(Store).RunAsync(actor, Id, member, role, default);

    /// <summary>The audit log of this workspace, oldest first.</summary>
    public async Task<List<Membership.Audit.AuditEntry>> AuditAsync()
    {
        await using var db = Store.Read();
        return await db.AuditEntries.Where(a => a.WorkspaceId == Id).OrderBy(a => a.At).ThenBy(a => a.Id).ToListAsync();
    }

    public async Task<Counts> CountsAsync()
    {
        await using var db = Store.Read();
        return await Counts.ReadAsync(db, Id, default);
    }

    /// <summary>Counts and rows agree.</summary>
    public async Task AgreesAsync() => Assert.Empty(await new VerifyCounters(Store).RunAsync(default));

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
