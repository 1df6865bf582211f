// Long because it names every table, with what a database has to do for all of them.
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Invitations.Imports;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Webhooks;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>
/// The core's tables, the same on every database. The provider's own context derives from it and adds only what
/// differs: how a write begins, how hand-written statements run, and how faults are told apart. Reads go through it
/// without tracking; writes leave through <see cref="Changes"/>.
/// </summary>
public abstract class MembershipDb(DbContextOptions options) : DbContext(options)
{
    /// <summary>Workspaces.</summary>
    public DbSet<Workspace> Workspaces => Set<Workspace>();

    /// <summary>Their logos.</summary>
    public DbSet<WorkspaceLogo> WorkspaceLogos => Set<WorkspaceLogo>();

    /// <summary>Tokens of directories.</summary>
    public DbSet<ScimCredential> ScimCredentials => Set<ScimCredential>();

    /// <summary>Last use of those tokens.</summary>
    public DbSet<ScimCredentialUse> ScimCredentialUses => Set<ScimCredentialUse>();

    /// <summary>Keys of programs.</summary>
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    /// <summary>Last use of those keys.</summary>
    public DbSet<ApiKeyUse> ApiKeyUses => Set<ApiKeyUse>();

    /// <summary>Links to the set-up portal.</summary>
    public DbSet<Portals.PortalLink> PortalLinks => Set<Portals.PortalLink>();

    /// <summary>Requests that run once.</summary>
    public DbSet<OnceCall> OnceCalls => Set<OnceCall>();

    /// <summary>People in workspaces.</summary>
    public DbSet<Member> Members => Set<Member>();

    /// <summary>By what they are found.</summary>
    public DbSet<MemberKey> MemberKeys => Set<MemberKey>();

    /// <summary>Why they have what they have.</summary>
    public DbSet<Grant> Grants => Set<Grant>();

    /// <summary>Where accounts are members.</summary>
    public DbSet<AccountWorkspace> AccountWorkspaces => Set<AccountWorkspace>();

    /// <summary>When they were here.</summary>
    public DbSet<MemberActivity> MemberActivities => Set<MemberActivity>();

    /// <summary>Who is here for a time.</summary>
    public DbSet<Members.Terms.MemberTerm> MemberTerms => Set<Members.Terms.MemberTerm>();

    /// <summary>Groups.</summary>
    public DbSet<Group> Groups => Set<Group>();

    /// <summary>Who is in them.</summary>
    public DbSet<GroupMember> GroupMembers => Set<GroupMember>();

    /// <summary>Stored counts and limits.</summary>
    public DbSet<Counter> Counters => Set<Counter>();

    /// <summary>Invitations that were mailed, by period.</summary>
    public DbSet<MailCount> MailCounts => Set<MailCount>();

    /// <summary>What is paid for.</summary>
    public DbSet<Plans.BillingSubscription> BillingSubscriptions => Set<Plans.BillingSubscription>();

    /// <summary>What the billing provider told of it.</summary>
    public DbSet<Plans.BillingEvent> BillingEvents => Set<Plans.BillingEvent>();

    /// <summary>Invitations.</summary>
    public DbSet<Invitation> Invitations => Set<Invitation>();

    /// <summary>Links by which many may join.</summary>
    public DbSet<InviteLinks.InviteLink> InviteLinks => Set<InviteLinks.InviteLink>();

    /// <summary>E-mail domains whose people may join.</summary>
    public DbSet<Domains.EmailDomain> EmailDomains => Set<Domains.EmailDomain>();

    /// <summary>People who ask to join.</summary>
    public DbSet<Domains.JoinRequest> JoinRequests => Set<Domains.JoinRequest>();

    /// <summary>Access reviews.</summary>
    public DbSet<Reviews.AccessReview> AccessReviews => Set<Reviews.AccessReview>();

    /// <summary>What was decided in them.</summary>
    public DbSet<Reviews.AccessDecision> AccessDecisions => Set<Reviews.AccessDecision>();

    /// <summary>Changes of all members that match, worked off by the server.</summary>
    public DbSet<Members.Bulk.MemberChangeRun> MemberChangeRuns => Set<Members.Bulk.MemberChangeRun>();

    /// <summary>People to be invited from a file.</summary>
    public DbSet<InvitationImport> InvitationImports => Set<InvitationImport>();

    /// <summary>Their rows.</summary>
    public DbSet<InvitationImportRow> InvitationImportRows => Set<InvitationImportRow>();

    /// <summary>Persons.</summary>
    public DbSet<Account> Accounts => Set<Account>();

    /// <summary>Their passwords.</summary>
    public DbSet<LocalCredential> LocalCredentials => Set<LocalCredential>();

    /// <summary>OpenID providers through which people sign in.</summary>
    public DbSet<IdentityConnection> IdentityConnections => Set<IdentityConnection>();

    /// <summary>Who they are there.</summary>
    public DbSet<Login> Logins => Set<Login>();

    /// <summary>Sign-ins that were used up.</summary>
    public DbSet<SpentState> SpentStates => Set<SpentState>();

    /// <summary>When connections were last used.</summary>
    public DbSet<ConnectionUse> ConnectionUses => Set<ConnectionUse>();

    /// <summary>The last sign-ins through connections that led nowhere.</summary>
    public DbSet<FailedSignIn> FailedSignIns => Set<FailedSignIn>();

    /// <summary>Sign-ins that try a policy.</summary>
    public DbSet<SignInTest> SignInTests => Set<SignInTest>();

    /// <summary>Links that work once.</summary>
    public DbSet<OneTimeLink> OneTimeLinks => Set<OneTimeLink>();

    /// <summary>Signed-in browsers.</summary>
    public DbSet<Session> Sessions => Set<Session>();

    /// <summary>From when on an account's sessions open a workspace no more.</summary>
    public DbSet<SessionEnd> SessionEnds => Set<SessionEnd>();

    /// <summary>What accounts have beside their first factor.</summary>
    public DbSet<SecondFactor> SecondFactors => Set<SecondFactor>();

    /// <summary>Codes for when it is lost.</summary>
    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();

    /// <summary>Passkeys.</summary>
    public DbSet<Passkey> Passkeys => Set<Passkey>();

    /// <summary>Apps that sign their people in here.</summary>
    public DbSet<Client> Clients => Set<Client>();

    /// <summary>When those were last used, and by whom.</summary>
    public DbSet<ClientUse> ClientUses => Set<ClientUse>();

    /// <summary>What sign-ins gave them.</summary>
    public DbSet<AppGrant> AppGrants => Set<AppGrant>();

    /// <summary>Scopes of the operator's own.</summary>
    public DbSet<AppScope> AppScopes => Set<AppScope>();

    /// <summary>Codes and tokens that were issued to them.</summary>
    public DbSet<AppToken> AppTokens => Set<AppToken>();

    /// <summary>The keys with which those are signed and sealed.</summary>
    public DbSet<AppKey> AppKeys => Set<AppKey>();

    /// <summary>Receipts of what apps had of people and lost.</summary>
    public DbSet<AppEnding> AppEndings => Set<AppEnding>();

    /// <summary>Rules by which a directory's word gives roles, licenses and groups.</summary>
    public DbSet<GroupRule> GroupRules => Set<GroupRule>();

    /// <summary>How far the look through all members is after rules changed.</summary>
    public DbSet<RuleRun> RuleRuns => Set<RuleRun>();

    /// <summary>Where directories stand with what they may take away.</summary>
    public DbSet<Holds.DirectoryHold> DirectoryHolds => Set<Holds.DirectoryHold>();

    /// <summary>The audit log.</summary>
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    /// <summary>The provisioning log.</summary>
    public DbSet<Provisioning.ProvisioningLine> ProvisioningLines => Set<Provisioning.ProvisioningLine>();

    /// <summary>The cycles of directories.</summary>
    public DbSet<Provisioning.ProvisioningCycle> ProvisioningCycles => Set<Provisioning.ProvisioningCycle>();

    /// <summary>What admins ask a second one for.</summary>
    public DbSet<Approvals.Approval> Approvals => Set<Approvals.Approval>();

    /// <summary>What the undo of a cycle needs beside the audit log.</summary>
    public DbSet<Undo.CycleNote> CycleNotes => Set<Undo.CycleNote>();

    /// <summary>Cycles that were undone.</summary>
    public DbSet<Undo.CycleUndo> CycleUndos => Set<Undo.CycleUndo>();

    /// <summary>What came of each one of whom they are about.</summary>
    public DbSet<Undo.CycleUndoItem> CycleUndoItems => Set<Undo.CycleUndoItem>();

    /// <summary>What is amiss with directories.</summary>
    public DbSet<Provisioning.DirectoryConcern> DirectoryConcerns => Set<Provisioning.DirectoryConcern>();

    /// <summary>What is to be done outside.</summary>
    public DbSet<OutboxMessage> OutboxMessages => Set<OutboxMessage>();

    /// <summary>The chains of the audit logs.</summary>
    public DbSet<AuditSegment> AuditSegments => Set<AuditSegment>();

    /// <summary>Where audit logs go as they are written.</summary>
    public DbSet<AuditStreams.AuditStream> AuditStreams => Set<AuditStreams.AuditStream>();

    /// <summary>And how far they are.</summary>
    public DbSet<AuditStreams.AuditStreamPosition> AuditStreamPositions => Set<AuditStreams.AuditStreamPosition>();

    /// <summary>Endpoints that are told of events.</summary>
    public DbSet<Webhook> Webhooks => Set<Webhook>();

    /// <summary>Events of which one wanted to know.</summary>
    public DbSet<WorkspaceEvent> WorkspaceEvents => Set<WorkspaceEvent>();

    /// <summary>Their ways to endpoints.</summary>
    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    /// <summary>And each try.</summary>
    public DbSet<WebhookAttempt> WebhookAttempts => Set<WebhookAttempt>();

    /// <summary>Keys of the web framework's data protection.</summary>
    public DbSet<ProtectionKey> ProtectionKeys => Set<ProtectionKey>();

    /// <summary>What is known of the database as a whole.</summary>
    public DbSet<Mark> Marks => Set<Mark>();

    /// <summary>
    /// Waits for this process's turn to write and begins a transaction; disposing gives the turn back. SQLite lets
    /// one write at a time and queues the others fairly; PostgreSQL lets all begin.
    /// </summary>
    public Task<WriteTurn> BeginWriteAsync(CancellationToken ct) => BeginWriteAsync(null, ct);

    /// <summary>The same with a patience of its own.</summary>
    /// <param name="patience">After how long a writer that stays at it makes this one give up; null for the time of a command. Where all
    /// begin at once nobody is waited for.</param>
    /// <param name="ct">Stops the waiting.</param>
    /// <exception cref="DbException">The turn did not come in time: <see cref="WriteFault.Contention"/>.</exception>
    public abstract Task<WriteTurn> BeginWriteAsync(TimeSpan? patience, CancellationToken ct);

    /// <summary>After how long a statement is given up.</summary>
    public TimeSpan CommandTimeout => TimeSpan.FromSeconds(Database.GetCommandTimeout() ?? 30);

    /// <summary>Asks whether the database takes a write, and leaves no trace; one that does not throws.</summary>
    public abstract Task TryWriteAsync(TimeSpan patience, CancellationToken ct);

    /// <summary>Whether the database lets one write at a time, however many begin.</summary>
    public virtual bool WritesInTurn => false;

    /// <summary>
    /// Whether the tables of workspaces are cut by workspace over several machines: then a commit is of one workspace, and what is asked
    /// without naming one asks them all.
    /// </summary>
    public virtual bool IsDistributed => false;

    /// <summary>Runs the reads of a <see cref="ReadBatch"/>, in the product's own quickest way.</summary>
    /// <param name="reads">The reads; each takes its rows.</param>
    /// <param name="ct">Stops them.</param>
    public abstract Task ReadAsync(IReadOnlyList<BatchedRead> reads, CancellationToken ct);

    /// <summary>Runs the steps of a write as one transaction, in their order.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="patience">How long it waits for its turn where one writes at a time, and for somebody else's lock where many do; null
    /// for as long as a command may take. What does not come in time is <see cref="WriteFault.Contention"/>, and nothing is
    /// written.</param>
    /// <param name="ct">Stops them before they are sent; from then on they are done or not, whoever still waits.</param>
    /// <returns>Null when all is written; else what missed, and nothing is written.</returns>
    public abstract Task<FailedGuard?> WriteAsync(IReadOnlyList<Step> steps, TimeSpan? patience, CancellationToken ct);

    /// <summary>
    /// What stands behind a SELECT so that the rows it finds keep their keys until the transaction ends, and so that a row
    /// another transaction is just changing is looked at again once that is done; empty where one writes at a time.
    /// </summary>
    public virtual string KeepingKeys => "";

    /// <summary>
    /// The condition, in hand-written SQL, that a row is of a workspace and its id one of many, which are one value: see
    /// <see cref="IdList"/>. In the words by which the product goes along an index of both, with or without statistics.
    /// </summary>
    /// <param name="workspace">The column of the workspace.</param>
    /// <param name="workspacePosition">Its parameter: $1.</param>
    /// <param name="column">The column of the id.</param>
    /// <param name="position">The parameter of the list: $2.</param>
    public abstract string IsAmong(string workspace, string workspacePosition, string column, string position);

    /// <summary>Many ids as one value of a statement, so that its text is the same for any number of them.</summary>
    public abstract object IdList(ReadOnlySpan<Guid> ids);

    /// <summary>
    /// The same for a row of which nothing may change until the transaction ends: who changes any column of it waits, and who
    /// asks waits for whoever is just changing it.
    /// </summary>
    public virtual string KeepingRows => "";

    /// <summary>
    /// What the act that reads through this context will write; null where nobody plans. <see cref="WorkspaceContext"/> tells it
    /// each configuration that it hands out, so that no act can forget on which one it rests.
    /// </summary>
    internal Changes? Plan { get; set; }

    /// <summary>What the request that reads through this context takes for granted of its token; null for nothing. The first
    /// <see cref="ReadBatch"/> shows it.</summary>
    internal Workspaces.TokenProof? Proof { get; set; }

    /// <inheritdoc/>
    public override void Dispose()
    {
        (Plan, Proof) = (null, null); // the pool hands the context to others
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        (Plan, Proof) = (null, null);
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// What stands behind a SELECT from a table of the alias m so that its rows are kept for this transaction, and those that
    /// another one keeps are passed over; empty where one writes at a time.
    /// </summary>
    public virtual string SkippingKept => "";

    /// <summary>
    /// Whether a statement that names no workspace may keep rows of a table (<see cref="SkippingKept"/>). A table that lies on several
    /// machines refuses that.
    /// </summary>
    public virtual bool KeepsAnywhere(string table) => true;

    /// <summary>What a fault of the database means for an act that met it.</summary>
    public abstract WriteFault Classify(DbException fault);

    /// <summary>
    /// Whether a fault, or one that caused it, says that the database is away or too slow, so that the caller is asked to come again.
    /// </summary>
    public bool IsUnavailable(Exception fault)
    {
        for (var one = fault; one is not null; one = one.InnerException)
        {
            if (
                one is TimeoutException
                || (one is DbException database && Classify(database) is WriteFault.Unavailable or WriteFault.Contention)
            )
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => Conventions.Apply(configurationBuilder);

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        Maps.Apply(modelBuilder);
        modelBuilder.HasDbFunction(((Func<string, string>)Lower).Method).HasName("lower").IsBuiltIn();
    }

    /// <summary>
    /// The database's <c>lower</c>, of ASCII alone as its strings are collated: in queries only, where an index holds it.
    /// </summary>
    internal static string Lower(string text) => throw new NotSupportedException("Asked of the database alone: " + text);
}

/// <summary>A transaction with the right to write; not committed when disposed before <see cref="Transaction"/> was.</summary>
/// <param name="Transaction">The open transaction.</param>
/// <param name="Release">Gives the turn back; null where there is no queue.</param>
public sealed record WriteTurn(DbTransaction Transaction, Action? Release) : IAsyncDisposable
{
    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Transaction.DisposeAsync();
        }
        finally
        {
            Release?.Invoke();
        }
    }
}

/// <summary>What a fault of the database means.</summary>
public enum WriteFault
{
    /// <summary>A value that must be unique is there already.</summary>
    Duplicate,

    /// <summary>Rivals were in each other's way (deadlock, serialisation, lock not got): trying again may work.</summary>
    Contention,

    /// <summary>A row that is referred to is not there.</summary>
    MissingReference,

    /// <summary>The database is away or did not answer in time.</summary>
    Unavailable,

    /// <summary>Something else: a fault of ours.</summary>
    Other,
}

/// <summary>A key of the web framework's data protection, sealed under the master key.</summary>
public sealed record ProtectionKey
{
    /// <summary>What it is sealed for.</summary>
    public const string Purpose = "protection-key";

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its sealed XML.</summary>
    public required byte[] Sealed { get; init; }

    /// <summary>When it was stored.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
