using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Audit;
using UserManagement.Membership.AuditStreams;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Declared;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Invitations.Imports;
using UserManagement.Membership.InviteLinks;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Bulk;
using UserManagement.Membership.Members.Terms;
using UserManagement.Membership.Operators;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Recovery;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Reviews;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Tests.Accounts;
using UserManagement.Membership.Tests.Accounts.Factors;
using UserManagement.Membership.Tests.Connections;
using UserManagement.Membership.Tests.Domains;
using UserManagement.Membership.Tests.InviteLinks;
using UserManagement.Membership.Tests.Portals;
using UserManagement.Membership.Tests.Reviews;
using UserManagement.Membership.Tests.Roles;
using UserManagement.Membership.Undo;
using UserManagement.Membership.Webhooks;
using UserManagement.Membership.Workspaces;
using UserManagement.Membership.Workspaces.Switching;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Audit;

/// <summary>Invariant 10: every change has a line that says who, through which door, what was before and what is after.</summary>
public sealed class AuditTrailTests
{
    /// <summary>
    /// What only reads, or writes no fact of a workspace: <see cref="CheckConnection"/> asks the provider and stores nothing,
    /// <see cref="BeginSignInTest"/> keeps a draft for half an hour, and the line is that of its answer, <see cref="SweepOver"/> takes away
    /// what no door shows any more.
    /// </summary>
    private static readonly Type[] Reads =
    [
        typeof(BeginSignInTest),
        typeof(CheckConnection),
        typeof(ConnectionPage),
        typeof(FindSignInOptions),
        typeof(ListLogins),
        typeof(ReadSignInTest),
        typeof(StartInvitationImport),
        typeof(CorrectInvitationImport),
        typeof(ReadInvitationImport), // a draft: the line is that of its confirmation
        typeof(WorkMemberChange), // each turn has its line, in the name of whoever began it
        typeof(WorkInvitationImport), // each invitation has its own line, in the name of whoever confirmed
        typeof(ExportAudit),
        typeof(SealAudit), // a line about lines would need sealing itself
        typeof(ReadFactors),
        typeof(ReadFailedSignIns),
        typeof(NoteFailedSignIn), // a note, no fact
        typeof(Membership.Data.RekeyNames), // what it brings to today's rules says the same as before
        typeof(AuditList),
        typeof(DirectoryPage),
        typeof(ProvisioningLog), // beside the facts: what a request did has its own line
        typeof(ListProvisioning),
        typeof(ListCycles),
        typeof(Membership.Mappings.TryMapping),
        typeof(WatchDirectories), // what it keeps is looked at anew each time, and no fact of anybody
        typeof(ListDirectoryConcerns),
        typeof(GroupList),
        typeof(InvitationList),
        typeof(ReadMailQuota),
        typeof(ReadPlan),
        typeof(OpenBillingPortal),
        typeof(ListInviteLinks),
        typeof(ReadIssuedInvitations),
        typeof(ListOwnInvitations),
        typeof(ReadInviteLink),
        typeof(MemberList),
        typeof(MemberPage),
        typeof(PreviewMemberChange),
        typeof(PreviewConfiguration),
        typeof(PreviewPresetSwitch),
        typeof(ReadServerHealth),
        typeof(ReadSetUp),
        typeof(ReadLogo),
        typeof(ReadMemberChange),
        typeof(ReadInvitationByLink),
        typeof(FindConnection),
        typeof(ListConnections),
        typeof(RecognizeScimToken),
        typeof(VerifyCounters),
        typeof(ReadSeatLine),
        typeof(ReadSeatNeed),
        typeof(FindIdleSeats),
        typeof(ReadAppClaims),
        typeof(ReadAppKeys),
        typeof(ListClients),
        typeof(ClientPage),
        typeof(TryClient),
        typeof(IssueProgramToken),
        typeof(RecognizeProgram),
        typeof(ReadMyApps),
        typeof(RotateAppKeys), // the installation's, its line is of no workspace
        typeof(OpenAppGrant),
        typeof(GiveBackTokens),
        typeof(SpendAppAssertion),
        typeof(SpreadLogout),
        typeof(SpreadSessionLogout),
        typeof(SpreadMemberLogout),
        typeof(ReviewAppAccess),
        typeof(NoteLogoutAnswer), // the protocol's own rows
        typeof(ReadAppReceipts),
        typeof(EndReusedGrant), // its line is tested with the provider
        typeof(ReadWorkspace),
        typeof(CheckInvited), // nothing is written
        typeof(ListApiKeys),
        typeof(RecognizeApiKey),
        typeof(RunOnce),
        typeof(SubmitOnce), // the line is that of the act
        typeof(DropLogins),
        typeof(SweepOver),
        typeof(RekeyNames),
        typeof(ListWebhooks),
        typeof(ListDeliveries),
        typeof(OpenDelivery),
        typeof(SettleDelivery), // the log of deliveries; that an endpoint is turned off has a line
    ];

    /// <summary>
    /// What needs a preset with seats, or several people; their lines are looked at in <see cref="AssignSeatsTests"/>,
    /// <see cref="Licensing.SeatLineTests"/>, <see cref="Members.MemberTermTests"/>, <see cref="InviteLinkTests"/>,
    /// <see cref="Workspaces.SwitchPresetTests"/> and <see cref="Members.BulkTests"/>.
    /// </summary>
    private static readonly Type[] OnSeats =
    [
        typeof(AssignSeats),
        typeof(SwitchPreset),
        typeof(TakeBackSeats),
        typeof(PromoteWaiting),
        typeof(SetSeatPriority),
        typeof(SetMemberTerm),
        typeof(RemindInvited), // InvitationMailTests, where a mail is sent first
        typeof(CarryOutTerms),
        typeof(SetPlan),
        typeof(TakeBillingNotice), // the line is that of the plan
        typeof(ChangeMembers),
        typeof(StartMemberChange),
        typeof(UndoMemberChange),
        typeof(RenewInviteLink),
        typeof(EndInviteLink),
        typeof(CopyInviteLink),
        typeof(JoinByLink), // the line is that of the invitation
    ];

    /// <summary>What is done about e-mail domains; the lines are looked at in <see cref="DomainTests"/>.</summary>
    private static readonly Type[] OnDomains =
    [
        typeof(ClaimEmailDomain),
        typeof(ChangeEmailDomain),
        typeof(CheckEmailDomain),
        typeof(RecheckEmailDomains),
        typeof(VerifyEmailDomain),
        typeof(RemoveEmailDomain),
        typeof(AllowDomainJoin),
        typeof(AskToJoin),
        typeof(DecideJoinRequest),
        typeof(ListEmailDomains),
        typeof(ListJoinRequests),
    ];

    /// <summary>What is done in access reviews; the lines are looked at in <see cref="AccessReviewTests"/>.</summary>
    private static readonly Type[] OnReviews =
    [
        typeof(StartAccessReview),
        typeof(DecideAccess),
        typeof(FinishAccessReview),
        typeof(ExportAccessReview),
        typeof(ListAccessReviews),
        typeof(ReadAccessReview),
    ];

    /// <summary>What is done about group rules; the lines are looked at in <see cref="Rules.RuleTests"/>.</summary>
    private static readonly Type[] OnRules =
    [
        typeof(CreateRule),
        typeof(ChangeRule),
        typeof(MoveRule),
        typeof(DeleteRule),
        typeof(ResolveRules),
        typeof(WorkRuleRun), // a line for everybody to whom it gives something else
        typeof(PreviewRules),
        typeof(ListRules),
        typeof(RuleGroups),
    ];

    /// <summary>The undo of a cycle; the lines are looked at in <see cref="Undo.UndoCycleTests"/>.</summary>
    private static readonly Type[] OnUndo = [typeof(UndoCycle), typeof(WorkCycleUndo), typeof(PreviewUndo), typeof(ReadUndo)];

    /// <summary>What is decided on held words of directories; the lines are looked at in <see cref="Holds.DecideHeldTests"/>.</summary>
    private static readonly Type[] OnHolds =
    [
        typeof(Membership.Holds.DecideHeld),
        typeof(Membership.Holds.WorkHeld), // a line for everybody on whom was decided
        typeof(Membership.Holds.CarryOutHolds),
        typeof(Membership.Holds.ListHeld),
    ];

    /// <summary>What two admins do together; the lines are looked at in <see cref="Approvals.FourEyesTests"/>.</summary>
    private static readonly Type[] OnApprovals = [typeof(DecideApproval), typeof(ListApprovals)];

    /// <summary>What is done when something broke, and by operators; the lines are looked at in the tests of <c>Recovery</c>,
    /// <c>Declared</c> and <c>AuditStreams</c>.</summary>
    private static readonly Type[] OnRecovery =
    [
        typeof(AfterRestore),
        typeof(ConfirmDirectory),
        typeof(RotateMasterKey),
        typeof(AfterKeyLoss),
        typeof(FitsMasterKey),
        typeof(ApplyWorkspaceFile), // by acts that have lines of their own
        typeof(ExportWorkspaceFile),
        typeof(CreateAuditStream),
        typeof(ChangeAuditStream),
        typeof(RemoveAuditStream),
        typeof(ListAuditStreams),
        typeof(SendAuditStreams),
        typeof(AllowOperator), // the installation's, its line is of no workspace
        typeof(RecognizeOperator),
        typeof(ReadInstallation),
        typeof(FindWorkspace),
        typeof(CreateOperatorKey), // as that of AllowOperator; looked at in the tests of Operators
        typeof(RevokeOperatorKey),
        typeof(ListOperatorKeys),
        typeof(RecognizeOperatorKey),
    ];

    /// <summary>What is done about links to the set-up portal; the lines are looked at in <see cref="PortalLinkTests"/>.</summary>
    private static readonly Type[] OnPortals =
    [
        typeof(CreatePortalLink),
        typeof(RevokePortalLink),
        typeof(OpenPortalLink),
        typeof(ListPortalLinks),
        typeof(RecognizePortalLink),
        typeof(ReadPortalProgress),
    ];

    /// <summary>What is done to an account, not to a workspace; tested below.</summary>
    private static readonly Type[] OnAccounts =
    [
        typeof(LinkLogin),
        typeof(UnlinkLogin),
        typeof(SetUpTotp),
        typeof(RemoveTotp),
        typeof(RemakeRecoveryCodes),
        typeof(Passkeys),
        typeof(ProveAgain),
        typeof(ProveSecondFactor),
        typeof(SignInWithPasskey),
        typeof(EndSession),
        typeof(EndSessions),
    ];

    [Theory, EachDatabase]
    [Shows("S1-38")]
    public async Task Every_act_of_the_core_leaves_its_line(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            "licensed",
            c => c with { Invitations = c.Invitations with { Resend = ResendWhen.Always } }
        );
        var store = acme.Store;
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        var admin = acme.As(boss);
        var directory = acme.Directory;
        var person = await acme.JoinAsync("person@acme.test");
        var provisioned = default(Member)!;
        var group = default(Group)!;
        var token = default(IssuedScimToken)!;
        var invited = default(IssuedInvitation)!;
        var trail = new Trail(acme);

        await ActAsync<CreateWorkspace>(
            Actor.Operator,
            "workspace.created",
            false,
            true,
            async a => (await a.RunAsync(Actor.Operator, new("second", "Second", "csv"), default)).Value.Id.Value
        );
        await ActAsync<ProvisionMember>(
            directory,
            "member.provisioned",
            false,
            true,
            async a => (provisioned = (await a.RunAsync(directory, acme.Id, new() { UserName = "dora@acme.test" }, default)).Value).Id.Value
        );
        await ActAsync<UpdateProvisionedMember>(
            directory,
            "member.deactivated",
            true,
            true,
            async a =>
                (await a.RunAsync(directory, acme.Id, provisioned.Id, null, m => MemberAttributes.Of(m) with { Active = false }, default))
                    .Value
                    .Id
                    .Value
        );
        await ActAsync<CreateGroup>(
            directory,
            "group.created",
            false,
            true,
            async a =>
                (group = (await a.RunAsync(directory, acme.Id, new() { DisplayName = "G" }, [person.Id], default)).Value.Group).Id.Value
        );
        await ActAsync<ReviseGroup>(
            directory,
            "group.membersChanged",
            false,
            true,
            async a =>
                (
                    await a.RunAsync(
                        directory,
                        acme.Id,
                        group.Id,
                        null,
                        g => (GroupFacts.Of(g), [new(MembershipStepKind.Add, [provisioned.Id])]),
                        default
                    )
                )
                    .Value
                    .Group
                    .Id
                    .Value
        );
        await ActAsync<EndMember>(
            directory,
            "member.deleted",
            true,
            true,
            async a => (await a.RunAsync(directory, acme.Id, provisioned.Id, null, default)).Done ? provisioned.Id.Value : default
        );
        await ActAsync<DeleteGroup>(
            directory,
            "group.deleted",
            true,
            false,
            async a => (await a.RunAsync(directory, acme.Id, group.Id, null, default)).Done ? group.Id.Value : default
        );
        await ActAsync<InvitePeople>(
            admin,
            "invitation.created",
            false,
            true,
            async a =>
                (invited = (await a.RunAsync(admin, acme.Id, new() { UserNames = ["guest@acme.test"] }, default)).Value[0].Outcome.Value)
                    .Invitation
                    .Id
                    .Value
        );
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        var misfit = new Actor
        {
            Kind = ActorKind.Person,
            Door = Door.SignIn,
            Name = "other@acme.test",
        };
        await ActAsync<AskForCorrection>(
            misfit,
            "invitation.correctionAsked",
            true,
            true,
            async a =>
                (await a.RunAsync(invited.LinkSecret, new("wrongUserName", "Google", "other@acme.test"), default)).Done
                    ? invited.Invitation.Id.Value
                    : default
        );
        await ActAsync<ResendInvitation>(
            admin,
            "invitation.resent",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, invited.Invitation.Id, default)).Value.Invitation.Id.Value
        );
        await ActAsync<CopyInvitationLink>(
            admin,
            "invitation.linkCopied",
            false,
            false,
            async a => (await a.RunAsync(admin, acme.Id, invited.Invitation.Id, default)).Done ? invited.Invitation.Id.Value : default
        );
        await ActAsync<RevokeInvitation>(
            admin,
            "invitation.revoked",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, invited.Invitation.Id, default)).Done ? invited.Invitation.MemberId.Value : default
        );
        var import = (await new StartInvitationImport(store).RunAsync(admin, acme.Id, [new(1, "listed@acme.test", "user")], default)).Value;
        await ActAsync<SendInvitationImport>(
            admin,
            "invitations.imported",
            false,
            true,
            async a => (await a.RunAsync(admin, acme.Id, import.Id, 1, true, default)).Value.Id.Value
        );
        var late = await acme.InviteAsync("late@acme.test");
        var redeemer = new Actor
        {
            Kind = ActorKind.Person,
            Door = Door.SignIn,
            Name = "late@acme.test",
        };
        await ActAsync<RedeemInvitation>(
            redeemer,
            "invitation.accepted",
            true,
            true,
            async _ => (await acme.RedeemAsync(late.LinkSecret, "late@acme.test")).Value.Member.Id.Value
        );
        await ActAsync<AssignRole>(
            admin,
            "role.changed",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, person.Id, "admin", default)).Value.Id.Value
        );
        await ActAsync<AssignLicense>(
            admin,
            "license.changed",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, person.Id, "business", default)).Value.Id.Value
        );
        await ActAsync<EditMember>(
            admin,
            "member.edited",
            true,
            true,
            async a =>
                (await a.RunAsync(admin, acme.Id, person.Id, new() { Names = new(true, "Per", true, "Son") }, default)).Value.After.Id.Value
        );
        await ActAsync<SuspendMember>(
            admin,
            "member.suspended",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, person.Id, default)).Value.Id.Value
        );
        await ActAsync<RestoreMember>(
            admin,
            "member.restored",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, person.Id, default)).Value.Id.Value
        );
        await ActAsync<RemoveMember>(
            admin,
            "member.removed",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, person.Id, default)).Value.Id.Value
        );
        await ActAsync<CompleteProfile>(
            admin,
            "profile.changed",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, "Big", "Boss", default)).Value.Id.Value
        );
        await ActAsync<SetAiCoordinator>(
            admin,
            "aiCoordinator.changed",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, new("Carla", "carla@acme.test", null, null), default)).Value.Id.Value
        );
        await ActAsync<RenameWorkspace>(
            admin,
            "workspace.renamed",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, null, "Acme Europe", default)).Value.Id.Value
        );
        await ActAsync<SetLogo>(
            admin,
            "workspace.logoChanged",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, null, Workspaces.LogoTests.Png(64, 64), default)).Value.Id.Value
        );
        await ActAsync<CreateScimCredential>(
            admin,
            "scimToken.created",
            false,
            true,
            async a => (token = (await a.RunAsync(admin, acme.Id, "Entra", null, default)).Value).Credential.Id.Value
        );
        await ActAsync<RevokeScimCredential>(
            admin,
            "scimToken.revoked",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, token.Credential.Id, default)).Value.Id.Value
        );
        var key = default(IssuedApiKey)!;
        await ActAsync<CreateApiKey>(
            admin,
            "apiKey.created",
            false,
            true,
            async a => (key = (await a.RunAsync(admin, acme.Id, "HR", "user", TimeSpan.FromDays(1), default)).Value).Row.Id.Value
        );
        await ActAsync<RevokeApiKey>(
            admin,
            "apiKey.revoked",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, key.Row.Id, default)).Value.Id.Value
        );
        var hook = default(IssuedWebhook)!;
        var told = new WebhookDraft { Name = "Billing", Url = "https://billing.acme.test/hook" };
        await ActAsync<CreateWebhook>(
            admin,
            "webhook.created",
            false,
            true,
            async a => (hook = (await a.RunAsync(admin, acme.Id, told, default)).Value).Row.Id.Value
        );
        await ActAsync<ChangeWebhook>(
            admin,
            "webhook.changed",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, hook.Row.Id, null, now => now with { Name = "Bills" }, default)).Value.Id.Value
        );
        await ActAsync<AddWebhookSecret>(
            admin,
            "webhook.secretAdded",
            false,
            true,
            async a => (hook = (await a.RunAsync(admin, acme.Id, hook.Row.Id, default)).Value).Row.Id.Value
        );
        await ActAsync<RemoveWebhookSecret>(
            admin,
            "webhook.secretRemoved",
            true,
            false,
            async a => (await a.RunAsync(admin, acme.Id, hook.Row.Id, WebhookSecrets.Of(hook.Row)[0].Id, default)).Value.Id.Value
        );
        var tested = default(Id<WebhookDelivery>);
        await ActAsync<TestWebhook>(
            admin,
            "webhook.tested",
            false,
            true,
            async a => (tested = (await a.RunAsync(admin, acme.Id, hook.Row.Id, default)).Value) == default ? default : hook.Row.Id.Value
        );
        await ActAsync<ReplayEvents>(
            admin,
            "webhook.replayed",
            false,
            true,
            async a => (await a.OneAsync(admin, acme.Id, hook.Row.Id, tested, default)).Done ? hook.Row.Id.Value : default
        );
        await ActAsync<RemoveWebhook>(
            admin,
            "webhook.removed",
            true,
            false,
            async a => (await a.RunAsync(admin, acme.Id, hook.Row.Id, default)).Value.Id.Value
        );
        var app = default(IssuedClient)!;
        var notes = new ClientSettings { ClientName = "Notes", RedirectUris = ["https://notes.acme.test/cb"] };
        await ActAsync<CreateClient>(
            admin,
            "client.created",
            false,
            true,
            async a => (app = (await a.RunAsync(admin, acme.Id, null, notes, default)).Value).Row.Id
        );
        await ActAsync<ChangeClient>(
            admin,
            "client.changed",
            true,
            true,
            async a =>
                (await a.RunAsync(admin, acme.Id, app.Row.ClientId!, app.Row.Version, notes with { NeedsSeat = true }, default)).Value.Id
        );
        var more = default(IssuedClient)!;
        await ActAsync<AddClientSecret>(
            admin,
            "client.secretAdded",
            false,
            true,
            async a => (more = (await a.RunAsync(admin, acme.Id, app.Row.ClientId!, default)).Value).Row.Id
        );
        await ConsentAsync(acme, app.Row, boss);
        await ActAsync<WithdrawConsent>(
            admin,
            "consent.withdrawn",
            true,
            false,
            async a => (await a.RunAsync(admin, boss.AccountId!.Value, acme.Id, app.Row.ClientId!, default)).Value.Id
        );
        await ActAsync<RemoveClientSecret>(
            admin,
            "client.secretRemoved",
            true,
            false,
            async a => (await a.RunAsync(admin, acme.Id, app.Row.ClientId!, ClientSecrets.Of(more.Row)[0].Id, default)).Value.Id
        );
        await ActAsync<RemoveClient>(
            admin,
            "client.removed",
            true,
            false,
            async a => (await a.RunAsync(admin, acme.Id, app.Row.ClientId!, default)).Value.Id
        );
        await ActAsync<ExportMembers>(
            admin,
            "members.exported",
            false,
            true,
            async a => (await a.RunAsync(admin, acme.Id, new(), default)).Done ? acme.Id.Value : default
        );
        await ActAsync<ExportAuditLines>(
            admin,
            ExportAuditLines.Act,
            false,
            true,
            async a => (await a.RunAsync(admin, acme.Id, new() { Act = "member." }, default)).Done ? acme.Id.Value : default
        );
        await ActAsync<ExportProvisioning>(
            admin,
            ExportProvisioning.Act,
            false,
            true,
            async a => (await a.RunAsync(admin, acme.Id, new() { Failed = true }, default)).Done ? acme.Id.Value : default
        );
        var connection = default(IdentityConnection)!;
        var guest = await acme.InviteAsync("jo@acme.com");
        var jo = new Actor
        {
            Kind = ActorKind.Person,
            Door = Door.SignIn,
            Name = "Jo Harbour",
        };
        await ActAsync<CreateConnection>(
            admin,
            "connection.created",
            false,
            true,
            async a =>
                (
                    connection = (
                        await a.RunAsync(admin, acme.Id, ConnectionRig.Draft(ConnectionKind.Oidc), ConnectionRig.Good, default)
                    ).Value
                )
                    .Id
                    .Value
        );
        await ActAsync<ChangeConnection>(
            admin,
            "connection.changed",
            true,
            true,
            async a =>
                (
                    await a.RunAsync(
                        admin,
                        acme.Id,
                        connection.Id,
                        1,
                        ConnectionDraft.Of(connection) with
                        {
                            Name = "Ours",
                        },
                        ConnectionRig.Good,
                        default
                    )
                )
                    .Value
                    .Id
                    .Value
        );
        await ActAsync<SignInWithProvider>(
            jo,
            "account.signedIn",
            false,
            true,
            async a =>
                (
                    await a.RunAsync(
                        new ConnectionRig(acme).Who(connection),
                        new(acme.Id, guest.LinkSecret),
                        Membership.Accounts.Browser.Unknown,
                        default
                    )
                )
                    .Value
                    .Row
                    .AccountId
                    .Value
        );
        var trying = await PersonAsync(acme, "trying@acme.test", "admin");
        var test = (await new BeginSignInTest(store).RunAsync(trying.Actor!, acme.Id, connection.Id, null, default)).Value;
        await ActAsync<AnswerSignInTest>(
            trying.Person,
            "signIn.tried",
            false,
            true,
            async a =>
                (await a.RunAsync(trying, acme.Id, test.Id, new ConnectionRig(acme).Who(connection), default)).Value.ConnectionId.Value
        );
        await ActAsync<EndMemberSessions>(
            admin,
            "member.sessionsEnded",
            false,
            false,
            async a => (await a.RunAsync(admin, acme.Id, trying.Member!.Id, default)).Value.Id.Value
        );
        _ = (await new SetUpTotp(store).BeginAsync(trying, default)).Value;
        _ = (await new SetUpTotp(store).ConfirmAsync(trying, await CodeAsync(acme, trying), default)).Value;
        await ActAsync<ResetMfa>(
            admin,
            "mfa.reset",
            true,
            true,
            async a => (await a.RunAsync(admin, acme.Id, trying.Member!.Id, default)).Value.Id.Value
        );
        await ActAsync<RemoveConnection>(
            admin,
            "connection.removed",
            true,
            false,
            async a => (await a.RunAsync(admin, acme.Id, connection.Id, default)).Done ? connection.Id.Value : default
        );
        await ActAsync<ExportPerson>(
            admin,
            "person.exported",
            false,
            false,
            async a => (await a.RunAsync(admin, acme.Id, person.Id, default)).Done ? person.Id.Value : default
        );
        await ActAsync<ErasePerson>(
            admin,
            "person.erased",
            false,
            true,
            async a => (await a.RunAsync(admin, acme.Id, person.Id, default)).Value.Member.Value
        );
        await using (var db = store.Read())
        {
            var row = (await WorkspaceContext.ByIdAsync(db, acme.Id, default))!;
            await ActAsync<ChangeConfiguration>(
                admin,
                "workspace.configured",
                true,
                true,
                async a =>
                    (
                        await a.RunAsync(
                            admin,
                            acme.Id,
                            row.Row.Version,
                            row.Configuration with
                            {
                                Capacity = new() { MoreHint = "Ask." },
                            },
                            default
                        )
                    )
                        .Value
                        .Id
                        .Value
            );
        }

        // A new act without a row above fails here.
        var acts = typeof(Store)
            .Assembly.GetExportedTypes()
            .Where(t => t.GetConstructors().Any(c => c.GetParameters().Any(p => p.ParameterType == typeof(Store))))
            .Where(t => t.Namespace is not ("UserManagement.Membership.Accounts" or "UserManagement.Membership.Outbox"))
            .Except(Reads)
            .Except(OnAccounts)
            .Except(OnSeats)
            .Except(OnDomains)
            .Except(OnReviews)
            .Except(OnRules)
            .Except(OnUndo)
            .Except(OnHolds)
            .Except(OnApprovals)
            .Except(OnRecovery)
            .Except(OnPortals)
            .Except(trail.Tested);
        Assert.Empty(acts.Select(t => t.Name));

        Task ActAsync<T>(Actor actor, string act, bool before, bool after, Func<T, Task<Guid>> run)
            where T : class => trail.ActAsync(actor, act, before, after, run);
    }

    [Theory, EachDatabase]
    public async Task Every_act_on_an_account_leaves_its_line(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var rig = new ConnectionRig(acme);
        var store = acme.Store;
        var google = await rig.PlatformAsync(ConnectionKind.Google);
        var jo = await PersonAsync(acme, "jo@acme.test");
        var (account, person, late) = (jo.Account.Id.Value, jo.Person, acme.Clock.Now.AddMinutes(10));
        using var key = new SoftKey();
        var trail = new Trail(acme);
        var terms = acme.Workspace.Configuration.Terms with { TermsOfUse = "https://acme.test/terms" };
        Assert.True(
            (
                await new ChangeConfiguration(store).RunAsync(
                    Actor.Operator,
                    acme.Id,
                    null,
                    acme.Workspace.Configuration with
                    {
                        Terms = terms,
                    },
                    default
                )
            ).Done
        );

        await trail.ActAsync<AcceptTerms>(
            person,
            AcceptTerms.Act,
            false,
            true,
            async a => (await a.RunAsync(jo.Session.Id, "acme", 1, default)).Value.Id.Value
        );
        await trail.ActAsync<LinkLogin>(
            person,
            "login.linked",
            false,
            true,
            async a => (await a.RunAsync(jo, rig.Who(google), null, default)).Done ? account : default
        );
        await trail.ActAsync<UnlinkLogin>(
            person,
            "login.unlinked",
            true,
            false,
            async a =>
                (await a.RunAsync(jo, (await new ListLogins(store).RunAsync(jo, default)).Logins[0].Login.Id, default)).Done
                    ? account
                    : default
        );
        _ = (await new SetUpTotp(store).BeginAsync(jo, default)).Value;
        await trail.ActAsync<SetUpTotp>(
            person,
            "totp.added",
            false,
            false,
            async a => Account(await a.ConfirmAsync(jo, await CodeAsync(acme, jo), default))
        );
        await trail.ActAsync<RemakeRecoveryCodes>(
            person,
            "recoveryCodes.made",
            false,
            false,
            async a => (await a.RunAsync(jo, default)).Done ? account : default
        );
        await trail.ActAsync<RemoveTotp>(
            person,
            "totp.removed",
            false,
            false,
            async a => (await a.RunAsync(jo, default)).Done ? account : default
        );
        await trail.ActAsync<Passkeys>(
            person,
            "passkey.added",
            false,
            true,
            async a => Account(await a.AddAsync(jo, key.Made(late), "Mine", default))
        );
        var id = (await new ReadFactors(store).RunAsync(jo.Account.Id, default)).Passkeys[0].Id;
        await trail.ActAsync<Passkeys>(
            person,
            "passkey.renamed",
            true,
            true,
            async a => (await a.RenameAsync(jo, id, "Ours", default)).Done ? account : default
        );
        await trail.ActAsync<SignInWithPasskey>(
            person,
            "account.signedIn",
            false,
            true,
            async a => (await a.RunAsync(key.Answer(jo.Account.Id, late), AccountRig.Browser, default)).Value.Row.AccountId.Value
        );
        await trail.ActAsync<ProveSecondFactor>(
            person,
            "secondFactor.proven",
            false,
            true,
            async a => (await a.ByPasskeyAsync(jo, key.Answer(jo.Account.Id, late), default)).Value.Row.AccountId.Value
        );
        await trail.ActAsync<ProveAgain>(
            person,
            "account.provenAgain",
            false,
            true,
            async a => (await a.ByPasswordAsync(jo, AccountRig.GoodPassword, default)).Value.Row.AccountId.Value
        );
        await trail.ActAsync<Passkeys>(
            person,
            "passkey.removed",
            true,
            false,
            async a => (await a.RemoveAsync(jo, id, default)).Done ? account : default
        );
        await trail.ActAsync<EndSessions>(
            person,
            "sessions.ended",
            false,
            true,
            async a => (await a.RunAsync(person, jo.Account.Id, jo.Session.Id, default)).Value == 1 ? account : default
        );
        await trail.ActAsync<EndSession>(
            person,
            "session.ended",
            false,
            false,
            async a => (await a.RunAsync(jo, jo.Session.Id, default)).Done ? account : default
        );
        Assert.Empty(OnAccounts.Except(trail.Tested).Select(t => t.Name));

        static Guid Account(Outcome<FactorSetUp> done) => done.Value.Session.Row.AccountId.Value;
    }

    [Theory, EachDatabase]
    public async Task Who_may_not_is_told_of_with_the_act_that_was_tried(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        var viewer = acme.As(await acme.JoinAsync("viewer@acme.test", "viewer"));
        var invited = await acme.InviteAsync("guest@acme.test");
        await new RemoveMember(acme.Store).RunAsync(viewer, acme.Id, boss.Id, default);
        await new RemoveMember(acme.Store).RunAsync(viewer, acme.Id, invited.Invitation.MemberId, default);
        await new InvitePeople(acme.Store).RunAsync(viewer, acme.Id, new() { UserNames = ["x@acme.test"] }, default);
        await new CreateGroup(acme.Store).RunAsync(viewer, acme.Id, new() { DisplayName = "G" }, [], default);
        await new CreateScimCredential(acme.Store).RunAsync(viewer, acme.Id, "T", null, default);
        await new ChangeConfiguration(acme.Store).RunAsync(acme.Directory, acme.Id, 1, acme.Workspace.Configuration, default);
        var refused = (await acme.AuditAsync()).Where(a => a.Refused).ToList();
        Assert.Equal(
            ["group.created", "invitation.created", "member.removed", "member.removed", "scimToken.created", "workspace.configured"],
            refused.Select(a => a.Act).Order()
        );
        Assert.All(refused, a => Assert.Equal("forbidden", a.Reason));
        Assert.Equal("viewer@acme.test", refused.Single(a => a.Act == "group.created").ActorName);
    }

    [Theory, EachDatabase]
    public async Task What_finds_no_room_or_would_leave_no_admin_is_told_of_too(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = 1 } });
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        var viewer = await acme.JoinAsync("viewer@acme.test", "viewer");
        var actor = acme.As(boss);
        var full = await new AssignRole(acme.Store).RunAsync(actor, acme.Id, viewer.Id, "member", default);
        Assert.Equal("seatsFull", full.Refusal!.Code);
        var script = actor with { Kind = ActorKind.ApiKey, Member = null, Name = "script" };
        var last = await new AssignRole(acme.Store).RunAsync(script, acme.Id, boss.Id, "viewer", default);
        Assert.Equal("lastAdmin", last.Refusal!.Code);
        Assert.Equal(
            [("role.changed", "lastAdmin", "script"), ("role.changed", "seatsFull", "boss@acme.test")],
            (await acme.AuditAsync()).Where(a => a.Refused).Select(a => (a.Act, a.Reason, a.ActorName)).OrderBy(a => a.Reason)
        );
    }

    [Theory, EachDatabase]
    public async Task The_database_itself_keeps_lines_from_being_changed_or_deleted(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await using var db = acme.Store.Read();
        await Assert.ThrowsAnyAsync<DbException>(() => db.Database.ExecuteSqlRawAsync("UPDATE audit_entries SET actor_name = 'nobody'"));
        await Assert.ThrowsAnyAsync<DbException>(() => db.Database.ExecuteSqlRawAsync("DELETE FROM audit_entries"));
        Assert.NotEmpty(await acme.AuditAsync());
    }

    [Theory, EachDatabase]
    public async Task No_table_holds_a_secret_in_clear(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var open = await acme.InviteAsync("open@acme.test");
        var closed = await acme.InviteAsync("closed@acme.test");
        await acme.RedeemAsync(closed.LinkSecret, "closed@acme.test");
        var again = (await new ResendInvitation(acme.Store).RunAsync(Actor.Operator, acme.Id, open.Invitation.Id, default)).Value;
        var copied = (await new CopyInvitationLink(acme.Store).RunAsync(Actor.Operator, acme.Id, open.Invitation.Id, default)).Value;
        var token = (await new CreateScimCredential(acme.Store).RunAsync(Actor.Operator, acme.Id, "Entra", null, default)).Value.Token;
        await using var db = acme.Store.Read();
        var mailed = acme.Store.Box.OpenText(
            Invitation.MailPurpose,
            (await db.Invitations.SingleAsync(i => i.Id == open.Invitation.Id)).MailSealed
        )!;

        var dump = await DumpAsync(db);
        Assert.Contains("open@acme.test", dump, StringComparison.Ordinal); // it is a dump
        Assert.Empty(SecretScan.Find(dump, open.LinkSecret, closed.LinkSecret, again.LinkSecret, copied, mailed, token));
    }

    /// <summary>Somebody with a password who joined and is signed in.</summary>
    private static async Task<SignedIn> PersonAsync(TestWorkspace acme, string userName, string? role = null)
    {
        var invited = await acme.InviteAsync(userName, role);
        var opened = (
            await new CreateLocalAccount(acme.Store, AccountRig.Rules).RunAsync(
                invited.LinkSecret,
                userName,
                "Jo",
                AccountRig.GoodPassword,
                AccountRig.Browser,
                default
            )
        ).Value;
        _ = (await new ConnectionRig(acme).AcceptAsync(opened, invited.LinkSecret)).Value;
        return (await new ReadSession(acme.Store).RunAsync(opened.Secret, "acme", default))!;
    }

    private static async Task<string> CodeAsync(TestWorkspace acme, SignedIn who) =>
        Totp.Code((await new SetUpTotp(acme.Store).ReadAsync(who, default)).Value!, Totp.StepAt(acme.Clock.Now));

    private static async Task ConsentAsync(TestWorkspace acme, Client app, Member who) =>
        await acme.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "app.granted",
            attempt =>
            {
                attempt.Changes.Add(
                    new AppGrant
                    {
                        Id = Guid.CreateVersion7(),
                        ApplicationId = app.Id,
                        AccountId = who.AccountId,
                        WorkspaceId = acme.Id,
                        Subject = "jo",
                        Scopes = """["email"]""",
                        Status = "valid",
                        Type = "permanent",
                        CreationDate = attempt.At.UtcDateTime,
                    }
                );
                return Task.FromResult<Outcome<Nothing>>(default(Nothing));
            },
            default
        );

    private static async Task<string> DumpAsync(MembershipDb db)
    {
        var text = new StringBuilder();
        await db.Database.OpenConnectionAsync();
        foreach (var table in db.Model.GetEntityTypes().Select(e => e.GetTableName()!))
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"SELECT * FROM {table}";
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                for (var i = 0; i < rows.FieldCount; i++)
                {
                    text.Append(
                            rows.GetValue(i) is byte[] bytes
                                ? Encoding.Latin1.GetString(bytes)
                                : Convert.ToString(rows.GetValue(i), CultureInfo.InvariantCulture)
                        )
                        .Append('\t');
                }

                text.Append('\n');
            }
        }

        await db.Database.CloseConnectionAsync();
        return text.ToString();
    }

    /// <summary>Runs acts and looks at the line that each leaves.</summary>
    private sealed class Trail(TestWorkspace acme)
    {
        public HashSet<Type> Tested { get; } = [];

        public async Task ActAsync<T>(Actor actor, string act, bool before, bool after, Func<T, Task<Guid>> run)
            where T : class
        {
            Tested.Add(typeof(T));
            var known = await LinesAsync();
            var parts = typeof(T)
                .GetConstructors()[0]
                .GetParameters()
                .Select(p =>
                    p.ParameterType == typeof(Store) ? (object)acme.Store
                    : p.ParameterType == typeof(WebhookRules) ? new WebhookRules()
                    : AccountRig.Rules
                )
                .ToArray();
            var target = await run((T)Activator.CreateInstance(typeof(T), parts)!);
            var lines = (await LinesAsync()).ExceptBy(known.Select(l => l.Id), l => l.Id).ToList();
            var line = Assert.Single(lines, l => l.Act == act);
            Assert.Equal(
                (target, actor.Kind, actor.Door, actor.Name, actor.Id ?? line.ActorId, false),
                (line.TargetId, line.ActorKind, line.Door, line.ActorName, line.ActorId, line.Refused)
            );
            Assert.True(
                (line.Before is not null, line.After is not null) == (before, after),
                $"{act}: before {line.Before}, after {line.After}"
            );
            Assert.True(line.Before is null || line.After is null || line.Before != line.After, $"{act} tells no difference.");
            Assert.Equal(acme.Clock.Now, line.At);
        }

        private async Task<List<AuditEntry>> LinesAsync()
        {
            await using var db = acme.Store.Read();
            return await db.AuditEntries.ToListAsync();
        }
    }
}
