using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Tests.Connections;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Audit;

/// <summary>Invariant 10: every change has a line that says who, through which door, what was before and what is after.</summary>
public sealed class AuditTrailTests
{
    /// <summary>What only reads, or writes no fact of a workspace.</summary>
    private static readonly Type[] Reads =
    [
        typeof(AuditList), typeof(DirectoryPage), typeof(GroupList), typeof(InvitationList), typeof(MemberList), typeof(MemberPage), typeof(OpenInvitation), typeof(FindConnection), typeof(ListConnections), typeof(RecognizeScimToken), typeof(VerifyTallies),
        typeof(ReadWorkspace), typeof(ListApiKeys), typeof(RecognizeApiKey), typeof(RunOnce),
    ];

    [Theory, EachDatabase]
    public async Task Every_act_of_the_core_leaves_its_line(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "licensed", c => c with { Invitations = c.Invitations with { Resend = ResendWhen.Always } });
        var store = acme.Store;
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        var admin = acme.As(boss);
        var directory = acme.Directory;
        var person = await acme.JoinAsync("person@acme.test");
        var provisioned = default(Member)!;
        var group = default(Group)!;
        var token = default(IssuedScimToken)!;
        var invited = default(IssuedInvitation)!;
        var tested = new HashSet<Type>();

        await ActAsync<CreateWorkspace>(Actor.Operator, "workspace.created", false, true, async a => (await a.RunAsync(Actor.Operator, new("second", "Second", "csv"), default)).Value.Id.Value);
        await ActAsync<ProvisionMember>(directory, "member.provisioned", false, true, async a => (provisioned = (await a.RunAsync(directory, acme.Id, new() { UserName = "dora@acme.test" }, default)).Value).Id.Value);
        await ActAsync<ReviseMember>(directory, "member.deactivated", true, true, async a => (await a.RunAsync(directory, acme.Id, provisioned.Id, null, m => MemberFacts.Of(m) with { Active = false }, default)).Value.Id.Value);
        await ActAsync<CreateGroup>(directory, "group.created", false, true, async a => (group = (await a.RunAsync(directory, acme.Id, new() { DisplayName = "G" }, [person.Id], default)).Value.Group).Id.Value);
        await ActAsync<ReviseGroup>(directory, "group.membersChanged", false, true, async a => (await a.RunAsync(directory, acme.Id, group.Id, null, g => (GroupFacts.Of(g), [new(MembershipStepKind.Add, [provisioned.Id])]), default)).Value.Group.Id.Value);
        await ActAsync<EndMember>(directory, "member.deleted", true, true, async a => (await a.RunAsync(directory, acme.Id, provisioned.Id, null, default)).Done ? provisioned.Id.Value : default);
        await ActAsync<DeleteGroup>(directory, "group.deleted", true, false, async a => (await a.RunAsync(directory, acme.Id, group.Id, null, default)).Done ? group.Id.Value : default);
        await ActAsync<InvitePeople>(admin, "invitation.created", false, true, async a => (invited = (await a.RunAsync(admin, acme.Id, new() { UserNames = ["guest@acme.test"] }, default)).Value[0].Outcome.Value).Invitation.Id.Value);
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        await ActAsync<ResendInvitation>(admin, "invitation.resent", true, true, async a => (await a.RunAsync(admin, acme.Id, invited.Invitation.Id, default)).Value.Invitation.Id.Value);
        await ActAsync<CopyInvitationLink>(admin, "invitation.linkCopied", false, false, async a => (await a.RunAsync(admin, acme.Id, invited.Invitation.Id, default)).Done ? invited.Invitation.Id.Value : default);
        await ActAsync<RevokeInvitation>(admin, "invitation.revoked", true, true, async a => (await a.RunAsync(admin, acme.Id, invited.Invitation.Id, default)).Done ? invited.Invitation.MemberId.Value : default);
        var late = await acme.InviteAsync("late@acme.test");
        var redeemer = new Actor { Kind = ActorKind.Person, Door = Door.SignIn, Name = "late@acme.test" };
        await ActAsync<RedeemInvitation>(redeemer, "invitation.accepted", true, true, async _ => (await acme.RedeemAsync(late.LinkSecret, "late@acme.test")).Value.Member.Id.Value);
        await ActAsync<AssignRole>(admin, "role.changed", true, true, async a => (await a.RunAsync(admin, acme.Id, person.Id, "admin", default)).Value.Id.Value);
        await ActAsync<AssignLicense>(admin, "license.changed", true, true, async a => (await a.RunAsync(admin, acme.Id, person.Id, "business", default)).Value.Id.Value);
        await ActAsync<EditMember>(admin, "member.edited", true, true, async a => (await a.RunAsync(admin, acme.Id, person.Id, "Per", "Son", null, default)).Value.Id.Value);
        await ActAsync<SuspendMember>(admin, "member.suspended", true, true, async a => (await a.RunAsync(admin, acme.Id, person.Id, default)).Value.Id.Value);
        await ActAsync<RestoreMember>(admin, "member.restored", true, true, async a => (await a.RunAsync(admin, acme.Id, person.Id, default)).Value.Id.Value);
        await ActAsync<RemoveMember>(admin, "member.removed", true, true, async a => (await a.RunAsync(admin, acme.Id, person.Id, default)).Value.Id.Value);
        await ActAsync<CompleteProfile>(admin, "profile.changed", true, true, async a => (await a.RunAsync(admin, acme.Id, "Big", "Boss", default)).Value.Id.Value);
        await ActAsync<CreateScimCredential>(admin, "scimToken.created", false, true, async a => (token = (await a.RunAsync(admin, acme.Id, "Entra", null, default)).Value).Credential.Id.Value);
        await ActAsync<RevokeScimCredential>(admin, "scimToken.revoked", true, true, async a => (await a.RunAsync(admin, acme.Id, token.Credential.Id, default)).Value.Id.Value);
        var key = default(IssuedApiKey)!;
        await ActAsync<CreateApiKey>(admin, "apiKey.created", false, true, async a => (key = (await a.RunAsync(admin, acme.Id, "HR", "user", TimeSpan.FromDays(1), default)).Value).Row.Id.Value);
        await ActAsync<RevokeApiKey>(admin, "apiKey.revoked", true, true, async a => (await a.RunAsync(admin, acme.Id, key.Row.Id, default)).Value.Id.Value);
        await ActAsync<ExportMembers>(admin, "members.exported", false, true, async a => (await a.RunAsync(admin, acme.Id, new(), default)).Done ? acme.Id.Value : default);
        var connection = default(IdentityConnection)!;
        var guest = await acme.InviteAsync("jo@acme.com");
        var jo = new Actor { Kind = ActorKind.Person, Door = Door.SignIn, Name = "Jo Harbour" };
        await ActAsync<CreateConnection>(admin, "connection.created", false, true, async a => (connection = (await a.RunAsync(admin, acme.Id, ConnectionRig.Draft(ConnectionKind.Oidc), ConnectionRig.Good, default)).Value).Id.Value);
        await ActAsync<ChangeConnection>(admin, "connection.changed", true, true, async a =>
            (await a.RunAsync(admin, acme.Id, connection.Id, 1, ConnectionDraft.Of(connection) with { Name = "Ours" }, ConnectionRig.Good, default)).Value.Id.Value);
        await ActAsync<SignInWithProvider>(jo, "account.signedIn", false, true, async a =>
            (await a.RunAsync(new ConnectionRig(acme).Who(connection), new(acme.Id, guest.LinkSecret), Membership.Accounts.Browser.Unknown, default)).Value.Row.AccountId.Value);
        await ActAsync<RemoveConnection>(admin, "connection.removed", true, false, async a => (await a.RunAsync(admin, acme.Id, connection.Id, default)).Done ? connection.Id.Value : default);
        await using (var db = store.Read())
        {
            var row = (await OpenWorkspace.ByIdAsync(db, acme.Id, default))!;
            await ActAsync<ChangeConfiguration>(admin, "workspace.configured", true, true, async a =>
                (await a.RunAsync(admin, acme.Id, row.Row.Version, row.Configuration with { Capacity = new() { Seats = 3 } }, default)).Value.Id.Value);
        }

        // A new act without a row above fails here.
        var acts = typeof(Store).Assembly.GetExportedTypes()
            .Where(t => t.GetConstructors().Any(c => c.GetParameters().Any(p => p.ParameterType == typeof(Store))))
            .Where(t => t.Namespace is not ("UserManagement.Membership.Accounts" or "UserManagement.Membership.Outbox"))
            .Except(Reads).Except(tested);
        Assert.Empty(acts.Select(t => t.Name));

        async Task ActAsync<T>(Actor actor, string act, bool before, bool after, Func<T, Task<Guid>> run)
            where T : class
        {
            tested.Add(typeof(T));
            var known = await LinesAsync();
            var target = await run((T)Activator.CreateInstance(typeof(T), store)!);
            var lines = (await LinesAsync()).ExceptBy(known.Select(l => l.Id), l => l.Id).ToList();
            var line = Assert.Single(lines, l => l.Act == act);
            Assert.Equal((target, actor.Kind, actor.Door, actor.Name, actor.Id ?? line.ActorId, false), (line.TargetId, line.ActorKind, line.Door, line.ActorName, line.ActorId, line.Refused));
            Assert.True((line.Before is not null, line.After is not null) == (before, after), $"{act}: before {line.Before}, after {line.After}");
            Assert.True(line.Before is null || line.After is null || line.Before != line.After, $"{act} tells no difference.");
            Assert.Equal(acme.Clock.Now, line.At);
        }

        async Task<List<AuditEntry>> LinesAsync()
        {
            await using var db = store.Read();
            return await db.AuditEntries.ToListAsync();
        }
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
        Assert.Equal(["group.created", "invitation.created", "member.removed", "member.removed", "scimToken.created", "workspace.configured"], refused.Select(a => a.Act).Order());
        Assert.All(refused, a => Assert.Equal("forbidden", a.Reason));
        Assert.Equal("viewer@acme.test", refused.Single(a => a.Act == "group.created").ActorName);
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
        var mailed = acme.Store.Box.OpenText(Invitation.MailPurpose, (await db.Invitations.SingleAsync(i => i.Id == open.Invitation.Id)).MailSealed)!;

        var dump = await DumpAsync(db);
        Assert.Contains("open@acme.test", dump, StringComparison.Ordinal); // it is a dump
        Assert.Empty(SecretScan.Find(dump, open.LinkSecret, closed.LinkSecret, again.LinkSecret, copied, mailed, token));
    }

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
                    text.Append(rows.GetValue(i) is byte[] bytes ? Encoding.Latin1.GetString(bytes) : Convert.ToString(rows.GetValue(i), CultureInfo.InvariantCulture)).Append('\t');
                }

                text.Append('\n');
            }
        }

        await db.Database.CloseConnectionAsync();
        return text.ToString();
    }
}
