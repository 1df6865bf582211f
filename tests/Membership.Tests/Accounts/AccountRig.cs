using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts;

/// <summary>A workspace on a database of its own, and what it takes to make people with passwords in it.</summary>
internal sealed class AccountRig : IAsyncDisposable
{
    public const string GoodPassword = "a quiet green harbour";
    public static readonly PasswordRules Rules = new() { Iterations = 1000 };
    public static readonly Browser Browser = new("Firefox", "192.0.2.7");
    private readonly TestDatabase _database;

    private AccountRig(TestDatabase database, HandClock clock, Store store, WorkspaceContext workspace)
    {
        _database = database;
        Clock = clock;
        Store = store;
        Workspace = workspace;
        Sessions = new(store);
    }

    public HandClock Clock { get; }

    public Store Store { get; }

    public WorkspaceContext Workspace { get; }

    public ReadSession Sessions { get; }

    public static async Task<AccountRig> NewAsync(Database kind, string preset = "seats")
    {
        var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var store = database.Store(clock);
        return new(database, clock, store, await NewWorkspaceAsync(store, "acme", preset));
    }

    public static async Task<WorkspaceContext> NewWorkspaceAsync(Store store, string slug, string preset = "seats") =>
        (await new CreateWorkspace(store).RunAsync(Actor.Operator, new(slug, slug + " Inc", preset), default)).Value;

    /// <summary>The operator lets people have passwords in a workspace whose preset does not.</summary>
    public static async Task TakePasswordsAsync(Store store, WorkspaceContext workspace) =>
        _ = (
            await new ChangeConfiguration(store).RunAsync(
                Actor.Operator,
                workspace.Id,
                workspace.Row.Version,
                workspace.Configuration with
                {
                    SignIn = workspace.Configuration.SignIn with { LocalPassword = true },
                },
                default
            )
        ).Value;

    /// <summary>Invites as the operator; gives the copied and, if mailed, the mailed secret.</summary>
    public async Task<(string Copied, string? Mailed)> InviteAsync(
        string userName,
        WorkspaceContext? workspace = null,
        string? role = null,
        string? notify = null,
        IdentityProvider provider = IdentityProvider.Any
    )
    {
        var id = (workspace ?? Workspace).Id;
        var made = (
            await new InvitePeople(Store).RunAsync(
                Actor.Operator,
                id,
                new()
                {
                    UserNames = [userName],
                    Role = role,
                    NotifyEmail = notify,
                    Provider = provider,
                },
                default
            )
        ).Value[0].Outcome.Value;
        return (made.LinkSecret, Store.Box.OpenText(Invitation.MailPurpose, made.Invitation.MailSealed));
    }

    /// <summary>A person with a password who joined.</summary>
    public async Task<SignedIn> JoinAsync(string userName, string? role = null, bool byMail = true, WorkspaceContext? workspace = null)
    {
        var (copied, mailed) = await InviteAsync(userName, workspace, role);
        var secret = byMail ? mailed! : copied;
        var opened = (await new CreateLocalAccount(Store, Rules).RunAsync(secret, userName, "Jo", GoodPassword, Browser, default)).Value;
        var who = (await ReadAsync(opened.Secret))!;
        _ = (await Accept().RunAsync(who, secret, "Jo", "Harbour", default)).Value;
        return (await ReadAsync(opened.Secret, (workspace ?? Workspace).Row.Slug))!;
    }

    public AcceptInvitation Accept() => new(Store, new ReadInvitationByLink(Store), new ProveAddress(Store), new RedeemInvitation(Store));

    public Task<Outcome<OpenedSession>> SignInAsync(string login, string password = GoodPassword) =>
        new SignInLocally(Store, Rules).RunAsync(login, password, Browser, default);

    /// <summary>As the server does: one reader for all requests.</summary>
    public Task<SignedIn?> ReadAsync(string secret, string? slug = null) => Sessions.RunAsync(secret, slug, default);

    /// <summary>Asks for a reset, and has the outbox answer it.</summary>
    public async Task AskForResetAsync(string login)
    {
        Assert.True((await new RequestPasswordReset(Store).RunAsync(login, default)).Done);
        await using var db = Store.Read();
        var asked = await db
            .OutboxMessages.AsNoTracking()
            .Where(m => m.Kind == OutboxKind.PasswordResetAsked)
            .OrderByDescending(m => m.Id)
            .FirstAsync();
        await new AnswerPasswordReset(Store).DeliverAsync(asked, default);
    }

    /// <summary>The secret of the reset that waits to be mailed, as the sender would open it; null when none waits.</summary>
    public async Task<string?> MailedResetAsync()
    {
        await using var db = Store.Read();
        var link = await db
            .OneTimeLinks.AsNoTracking()
            .SingleOrDefaultAsync(l => l.Kind == OneTimeLinkKind.PasswordReset && l.ClosedAt == null);
        if (link is not null)
        {
            Assert.True(await db.OutboxMessages.AnyAsync(m => m.Kind == OutboxKind.PasswordResetMail && m.About == link.Id.Value));
        }

        return Store.Box.OpenText(OneTimeLink.Purpose, link?.SecretSealed);
    }

    public async Task<Account> AccountAsync(string login)
    {
        var key = Key.Of(login);
        await using var db = Store.Read();
        return await (
            from c in db.LocalCredentials.AsNoTracking()
            join a in db.Accounts.AsNoTracking() on c.AccountId equals a.Id
            where c.LoginKey == key
            select a
        ).SingleAsync();
    }

    public async Task<LocalCredential> CredentialAsync(string login)
    {
        var key = Key.Of(login);
        await using var db = Store.Read();
        return await db.LocalCredentials.AsNoTracking().SingleAsync(c => c.LoginKey == key);
    }

    public async Task<Member> MemberAsync(string userName, WorkspaceContext? workspace = null)
    {
        var key = Key.Of(userName);
        var id = (workspace ?? Workspace).Id;
        await using var db = Store.Read();
        return await db.Members.AsNoTracking().SingleAsync(m => m.WorkspaceId == id && m.UserNameKey == key);
    }

    public async Task<IReadOnlyList<AuditEntry>> AuditAsync(string act)
    {
        await using var db = Store.Read();
        return await db.AuditEntries.AsNoTracking().Where(e => e.Act == act).OrderBy(e => e.Id).ToListAsync();
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
