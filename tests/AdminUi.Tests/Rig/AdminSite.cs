using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests.Rig;

/// <summary>The real host over a test's database with one workspace and its admin, Ada.</summary>
public sealed class AdminSite : IAsyncDisposable
{
    /// <summary>A name that breaks out of any place that forgets to encode.</summary>
    public const string Hostile = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;";

    private readonly TestDatabase _database;

    private AdminSite(TestDatabase database, TestServer server, WorkspaceContext workspace, Person admin)
    {
        _database = database;
        Server = server;
        Workspace = workspace;
        Admin = admin;
    }

    /// <summary>The host.</summary>
    public TestServer Server { get; }

    /// <summary>The workspace <c>acme</c>.</summary>
    public WorkspaceContext Workspace { get; }

    /// <summary>Its first admin.</summary>
    public Person Admin { get; }

    /// <summary>The directory of the workspace.</summary>
    public Actor Directory =>
        new()
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "Entra",
            Workspace = Workspace.Id,
            Permissions = Actor.DirectoryPermissions,
        };

    /// <summary>Starts it.</summary>
    /// <param name="kind">The database.</param>
    /// <param name="preset">The preset of the workspace.</param>
    /// <param name="time">The clock; null for the real one.</param>
    /// <param name="probe">What providers answer; null asks them really.</param>
    public static async Task<AdminSite> StartAsync(
        Database kind,
        string preset = "seats",
        TimeProvider? time = null,
        ConnectionProbe? probe = null
    )
    {
        var database = await TestDatabase.NewAsync(kind);
        var server = await TestServer.StartAsync(
            database,
            time,
            configure: probe is null ? null : builder => builder.Services.AddSingleton(probe)
        );
        var (workspace, admin) = await NewWorkspaceAsync(server, "acme", "Acme", preset, "ada@example.com");
        return new(database, server, workspace, admin);
    }

    /// <summary>A second server on the same database; whoever asks for it ends it.</summary>
    public Task<TestServer> AnotherServerAsync(TimeProvider time) => TestServer.StartAsync(_database, time);

    /// <summary>Another workspace on the same server with an admin of its own.</summary>
    public static async Task<(WorkspaceContext Workspace, Person Admin)> NewWorkspaceAsync(
        TestServer server,
        string slug,
        string name,
        string preset,
        string email
    )
    {
        var made = await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new(slug, name, preset), Ct);
        var link = await new InviteAdmin(server.Store).RunAsync(Actor.Operator, made.Value.Id, email, TimeSpan.FromHours(1), Ct);
        var opened = await new UseOneTimeLink(server.Store).RunAsync(link.Value, Browser.Unknown, Ct);
        return (made.Value, new(server, opened.Value.Secret));
    }

    /// <summary>Somebody who is invited by the operator, makes an account and joins.</summary>
    public async Task<(Person Person, Member Member)> JoinAsync(string email, string role, WorkspaceContext? workspace = null)
    {
        var asked = await Server
            .Service<InvitePeople>()
            .RunAsync(
                Actor.Operator,
                (workspace ?? Workspace).Id,
                new()
                {
                    UserNames = [email],
                    Role = role,
                    SendMail = false,
                },
                Ct
            );
        var secret = asked.Value[0].Outcome.Value.LinkSecret;
        var opened = await Server
            .Service<CreateLocalAccount>()
            .RunAsync(secret, email, email.Split('@')[0], "correct horse battery staple 9", Browser.Unknown, Ct);
        var who = await Server.Service<ReadSession>().RunAsync(opened.Value.Secret, null, Ct);
        var redeemed = await Server.Service<AcceptInvitation>().RunAsync(who!, secret, null, null, Ct);
        return (new(Server, opened.Value.Secret), redeemed.Value.Member);
    }

    /// <summary>Somebody whom the directory brings in.</summary>
    public async Task<Member> ProvisionAsync(string userName, string? givenName = null, string? familyName = null, bool active = true) =>
        (
            await Server
                .Service<ProvisionMember>()
                .RunAsync(
                    Directory,
                    Workspace.Id,
                    new()
                    {
                        UserName = userName,
                        GivenName = givenName,
                        FamilyName = familyName,
                        Email = userName.Contains('@', StringComparison.Ordinal) ? userName : null,
                        Active = active,
                    },
                    Ct
                )
        ).Value;

    /// <summary>Somebody who is invited by mail and has not joined.</summary>
    public async Task<Invitation> InviteAsync(string email, string? role = null) => (
            await Server
                .Service<InvitePeople>()
                .RunAsync(
                    Actor.Operator,
                    Workspace.Id,
                    new()
                    {
                        UserNames = [email],
                        Role = role,
                        SendMail = false,
                    },
                    Ct
                )
        ).Value[0].Outcome.Value.Invitation;

    /// <summary>The member as stored now.</summary>
    public async Task<Member> ReadAsync(Id<Member> id)
    {
        await using var db = Server.Store.Read();
        return db.Members.Single(m => m.WorkspaceId == Workspace.Id && m.Id == id);
    }

    /// <summary>The member whom this person is.</summary>
    public async Task<Member> MeAsync(Person person) =>
        (await Server.Service<ReadSession>().RunAsync(person.Session, Workspace.Row.Slug, Ct))!.Member!;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Server.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
