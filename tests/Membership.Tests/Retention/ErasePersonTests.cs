using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Tests.Accounts;
using UserManagement.Membership.Tests.Connections;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Retention;

public sealed class ErasePersonTests
{
    /// <summary>What tells of her, wherever it may stand.</summary>
    private static readonly string[] Traces =
    [
        "ada.lovelace@acme.test",
        "ada.private@example.org",
        "Lovelace",
        "Countess Ada",
        "+44 20 7946 0018",
        "12 St James Square",
        "emp-1815",
        "203.0.113.77",
    ];

    [Theory, EachDatabase]
    public async Task Thirty_days_after_the_end_no_table_holds_anything_of_the_person(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var bob = await acme.JoinAsync("bob@acme.test");
        var ada = await LiveAsync(acme, boss, bob);
        Assert.True((await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, ada.Id, null, default)).Done);
        Assert.NotEmpty(SecretScan.Find(await DumpAsync(acme), Traces));

        await SweepAsync(acme, TimeSpan.FromDays(29.9));
        Assert.Equal("ada.lovelace@acme.test", (await acme.ReadAsync(ada.Id)).UserName);
        await SweepAsync(acme, TimeSpan.FromDays(0.2));
        Assert.Empty(SecretScan.Find(await DumpAsync(acme), Traces));
        await AccountLessAsync(acme, ada);

        // The lines stay, with ids, act, time, door and a digest; so does what they say of others.
        var lines = await acme.AuditAsync();
        var about = lines.Where(l => l.TargetId == ada.Id.Value).ToList();
        Assert.Contains(about, l => l.Act == "member.provisioned");
        Assert.All(
            about.Where(l => l.Act != ErasePerson.Act),
            l =>
                Assert.True(
                    l.Digest is { Length: 32 } && l is { ErasedAt: not null, TargetName: null, Before: null, After: null, Salt: null },
                    l.Act
                )
        );
        var proof = Assert.Single(lines, l => l.Act == ErasePerson.Act);
        Assert.Equal((ActorKind.System, ada.Id.Value, null), (proof.ActorKind, proof.TargetId, proof.TargetName));
        var hers = lines.Single(l => l.Act == "role.changed" && l.TargetId == bob.Id.Value && l.ActorId == ada.Id.Value);
        Assert.Equal((Erasure.Name, "bob@acme.test", true), (hers.ActorName, hers.TargetName, hers.After is not null));
        Assert.Equal(Erasure.Digest(hers), hers.Digest);
        await using var db = acme.Store.Read();
        Assert.Equal(Erasure.Name, (await db.Grants.SingleAsync(g => g.MemberId == bob.Id && g.Origin == GrantOrigin.Admin)).GivenBy);
        Assert.True((await new MemberPage(acme.Store).RunAsync(Actor.Operator, acme.Id, bob.Id, default)).Done);

        var count = lines.Count;
        await SweepAsync(acme, TimeSpan.FromDays(400));
        Assert.Equal(count, (await acme.AuditAsync()).Count);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S1-29")]
    public async Task On_request_it_goes_at_once_and_a_second_time_does_nothing(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var ada = await LiveAsync(acme, boss, await acme.JoinAsync("bob@acme.test"));
        var erase = new ErasePerson(acme.Store);
        Assert.Equal("stillMember", (await erase.RunAsync(boss, acme.Id, ada.Id, default)).Refusal?.Code);
        Assert.True((await new SuspendMember(acme.Store).RunAsync(boss, acme.Id, ada.Id, default)).Done);
        Assert.Equal("stillMember", (await erase.RunAsync(Actor.Operator, acme.Id, ada.Id, default)).Refusal?.Code);
        Assert.True((await new RemoveMember(acme.Store).RunAsync(boss, acme.Id, ada.Id, default)).Done);
        var clerk = acme.As(await acme.JoinAsync("clerk@acme.test", "member"));
        Assert.Equal("forbidden", (await erase.RunAsync(clerk, acme.Id, ada.Id, default)).Refusal?.Code);
        Assert.Equal(
            "signInAgain",
            (await erase.RunAsync(boss with { FreshUntil = acme.Clock.Now }, acme.Id, ada.Id, default)).Refusal?.Code
        );
        Assert.Equal("notFound", (await erase.RunAsync(boss, acme.Id, new(Guid.CreateVersion7()), default)).Refusal?.Code);
        Assert.Equal(
            "notFound",
            (
                await erase.RunAsync(
                    acme.As(await acme.JoinAsync("x@acme.test", "admin")) with
                    {
                        Workspace = new(Guid.CreateVersion7()),
                    },
                    acme.Id,
                    ada.Id,
                    default
                )
            )
                .Refusal
                ?.Code
        );

        var erased = (await erase.RunAsync(boss, acme.Id, ada.Id, default)).Value;
        Assert.Equal((ada.Id, true, false, true), (erased.Member, erased.Account, erased.Again, erased.Lines > 0));
        Assert.Empty(SecretScan.Find(await DumpAsync(acme), Traces));
        await AccountLessAsync(acme, ada);
        var again = (await erase.RunAsync(boss, acme.Id, ada.Id, default)).Value;
        Assert.Equal((0, true), (again.Lines, again.Again));
        Assert.Equal(boss.Name, Assert.Single(await acme.AuditAsync(), l => l.Act == ErasePerson.Act && !l.Refused).ActorName);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task The_last_admin_cannot_be_erased_for_they_cannot_be_removed(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        Assert.Equal("stillMember", (await new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, boss.Id, default)).Refusal?.Code);
        Assert.Equal("lastAdmin", (await new RemoveMember(acme.Store).RunAsync(Actor.Operator, acme.Id, boss.Id, default)).Refusal?.Code);
    }

    [Theory, EachDatabase]
    public async Task Who_is_a_member_elsewhere_keeps_account_and_what_that_workspace_holds(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var other = await acme.OtherAsync();
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var ada = await LiveAsync(acme, boss, await acme.JoinAsync("bob@acme.test"));
        var there = await other.JoinAsync("ada.lovelace@acme.test", "member", ada.AccountId);
        await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, ada.Id, null, default);
        var linesThere = (await other.AuditAsync()).ConvertAll(l => (l.Id, l.ActorName, l.TargetName, l.Before, l.After, l.ErasedAt));
        await SweepAsync(acme, TimeSpan.FromDays(31));

        Assert.Equal(
            linesThere,
            (await other.AuditAsync()).ConvertAll(l => (l.Id, l.ActorName, l.TargetName, l.Before, l.After, l.ErasedAt))
        );
        Assert.Equal("ada.lovelace@acme.test", (await other.ReadAsync(there.Id)).UserName);
        await using (var db = acme.Store.Read())
        {
            Assert.True(await db.Accounts.AnyAsync(a => a.Id == ada.AccountId));
            Assert.False(await db.Members.AnyAsync(m => m.WorkspaceId == acme.Id && m.Id == ada.Id));
        }

        Assert.All(
            (await acme.AuditAsync()).Where(l => l.TargetId == ada.Id.Value && l.Act != ErasePerson.Act),
            l => Assert.Null(l.TargetName)
        );
        await new EndMember(acme.Store).RunAsync(other.Directory, other.Id, there.Id, null, default);
        await SweepAsync(acme, TimeSpan.FromDays(31));
        await AccountLessAsync(acme, ada);
        Assert.Empty(SecretScan.Find(await DumpAsync(acme), Traces));
    }

    [Theory, EachDatabase]
    public async Task Somebody_who_is_here_anew_an_open_invitation_and_a_session_in_use_are_left_alone(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var directory = acme.Directory;
        var invited = await acme.InviteAsync("jo@example.com");
        var opened = (
            await new CreateLocalAccount(acme.Store, AccountRig.Rules).RunAsync(
                invited.LinkSecret,
                "jo@example.com",
                "Jo",
                AccountRig.GoodPassword,
                AccountRig.Browser,
                default
            )
        ).Value;
        _ = (await new ConnectionRig(acme).AcceptAsync(opened, invited.LinkSecret)).Value;
        var jo = (await new ReadSession(acme.Store).RunAsync(opened.Secret, "acme", default))!.Member!;
        Assert.True((await new EndMember(acme.Store).RunAsync(directory, acme.Id, jo.Id, null, default)).Done);
        acme.Clock.Advance(TimeSpan.FromDays(28));
        var anew = (await acme.ProvisionAsync("jo@example.com")).Value;
        var open = await acme.InviteAsync("guest@acme.test");
        var living = (
            await new SignInLocally(acme.Store, AccountRig.Rules).RunAsync(
                "jo@example.com",
                AccountRig.GoodPassword,
                AccountRig.Browser,
                default
            )
        ).Value;
        await SweepAsync(acme, TimeSpan.FromDays(3));

        Assert.Equal(
            ("jo@example.com", MemberState.Active),
            ((await acme.ReadAsync(anew.Id)).UserName, (await acme.ReadAsync(anew.Id)).State)
        );
        // the account may be what they sign in with
        Assert.NotNull(await new ReadSession(acme.Store).RunAsync(living.Secret, null, default));
        await using (var db = acme.Store.Read())
        {
            Assert.Equal(Erasure.Name, (await db.Members.SingleAsync(m => m.WorkspaceId == acme.Id && m.Id == jo.Id)).UserName);
            Assert.NotEmpty(await db.MemberKeys.Where(k => k.MemberId == anew.Id).ToListAsync());
        }

        Assert.Contains(
            "jo@example.com",
            (await acme.AuditAsync()).Single(l => l.Act == "member.provisioned" && l.TargetId == anew.Id.Value).After,
            StringComparison.Ordinal
        );
        Assert.True((await acme.RedeemAsync(open.LinkSecret, "guest@acme.test")).Done);

        // Once they have ended too, and nobody is signed in, the account goes with its last trace.
        Assert.True((await new EndMember(acme.Store).RunAsync(directory, acme.Id, anew.Id, null, default)).Done);
        await SweepAsync(acme, TimeSpan.FromDays(31));
        await SweepAsync(acme, TimeSpan.FromDays(31));
        Assert.Empty(SecretScan.Find(await DumpAsync(acme), "jo@example.com"));
        Assert.Equal(2, (await acme.AuditAsync()).Count(l => l.Act == ErasePerson.Act));
    }

    [Theory, EachDatabase]
    public async Task Many_servers_erase_the_same_people_once_each(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        for (var i = 0; i < 12; i++)
        {
            var member = (await acme.ProvisionAsync($"leaver{i}@acme.test")).Value;
            await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, member.Id, null, default);
        }

        acme.Clock.Advance(TimeSpan.FromDays(31));
        var swept = await Rivals.RaceAsync(3, _ => new SweepOver(acme.Store).RunAsync(new(), default));
        Assert.All(swept, s => _ = s.Required);
        Assert.Equal(12, (await acme.AuditAsync()).Count(l => l.Act == ErasePerson.Act));
        Assert.Empty(SecretScan.Find(await DumpAsync(acme), [.. Enumerable.Range(0, 12).Select(i => $"leaver{i}@acme.test")]));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task What_the_log_says_of_an_invitation_goes_also_long_after_it_was_accepted(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var invited = await acme.InviteAsync("grace.hopper@acme.test");
        Assert.True((await acme.RedeemAsync(invited.LinkSecret, "grace.hopper@acme.test")).Done);
        await SweepAsync(acme, TimeSpan.FromDays(400));
        using (var stream = new MemoryStream())
        {
            await (
                await new ExportPerson(acme.Store).RunAsync(Actor.Operator, acme.Id, invited.Invitation.MemberId, default)
            ).Value.WriteAsync(stream, default);
            Assert.Contains("invitation.created", Encoding.UTF8.GetString(stream.ToArray()), StringComparison.Ordinal);
        }

        Assert.True((await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, invited.Invitation.MemberId, null, default)).Done);
        Assert.True((await new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, invited.Invitation.MemberId, default)).Done);
        Assert.Empty(SecretScan.Find(await DumpAsync(acme), "grace.hopper@acme.test"));
    }

    [Theory, EachDatabase]
    public async Task A_note_of_a_sign_in_loses_the_name_of_whom_the_workspace_erases(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var oidc = await rig.OwnAsync(ConnectionKind.Oidc);
        var (ceo, other) = (
            (await rig.ProvisionAsync("ceo@acme.com", "dir-1")).Value,
            (await rig.ProvisionAsync("vice-ceo@acme.com", "dir-2")).Value
        );
        foreach (var name in new[] { "ceo@acme.com", "vice-ceo@acme.com" })
        {
            Assert.False((await rig.SignInAsync(rig.Who(oidc, name, "eve"))).Done);
        }

        Assert.True((await new EndMember(rig.Acme.Store).RunAsync(rig.Acme.Directory, rig.Acme.Id, ceo.Id, null, default)).Done);
        Assert.True((await new ErasePerson(rig.Acme.Store).RunAsync(Actor.Operator, rig.Acme.Id, ceo.Id, default)).Done);
        var last = (await new ReadFailedSignIns(rig.Acme.Store).RunAsync(Actor.Operator, rig.Acme.Id, oidc.Id, default)).Value.Last;
        Assert.Equal(2, last.Count);
        Assert.Contains(other.UserName, last[0].Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("ceo@", last[1].Sentence, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task What_somebody_did_to_a_namesake_stays_and_two_who_acted_on_each_other_go_at_once(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        _ = await acme.JoinAsync("boss@acme.test", "admin");
        var sams = new List<Member>();
        foreach (var name in new[] { "sam.one@acme.test", "sam.two@acme.test", "sam.three@acme.test" })
        {
            var sam = (
                await new ProvisionMember(acme.Store).RunAsync(
                    acme.Directory,
                    acme.Id,
                    new()
                    {
                        UserName = name,
                        DisplayName = "Sam Stone",
                        GivenName = "Sam",
                    },
                    default
                )
            ).Value;
            Assert.True((await acme.AssignAsync(Actor.Operator, sam.Id, "admin")).Done);
            sams.Add(await acme.ReadAsync(sam.Id));
        }

        foreach (var (by, to) in new[] { (0, 1), (1, 0), (0, 2), (1, 2) })
        {
            Assert.True((await acme.AssignAsync(acme.As(sams[by]), sams[to].Id, "member")).Done);
            Assert.True((await acme.AssignAsync(acme.As(sams[by]), sams[to].Id, "admin")).Done);
        }

        foreach (var sam in sams.Take(2))
        {
            Assert.True((await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, sam.Id, null, default)).Done);
        }

        var erased = await Rivals.RaceAsync(4, i => new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, sams[i % 2].Id, default));
        Assert.All(erased, e => Assert.True(e.Required.Done));
        Assert.Empty(SecretScan.Find(await DumpAsync(acme), "sam.one@acme.test", "sam.two@acme.test"));
        var kept = (await acme.AuditAsync()).Where(l => l.TargetId == sams[2].Id.Value && l.ActorName == Erasure.Name).ToList();
        Assert.Equal(4, kept.Count);
        Assert.All(kept, l => Assert.True(l is { TargetName: "Sam Stone", After: not null }, l.Act));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Asked_again_while_the_account_may_be_used_it_says_so_and_the_day_stays(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var invited = await acme.InviteAsync("jo@example.com");
        var opened = (
            await new CreateLocalAccount(acme.Store, AccountRig.Rules).RunAsync(
                invited.LinkSecret,
                "jo@example.com",
                "Jo",
                AccountRig.GoodPassword,
                AccountRig.Browser,
                default
            )
        ).Value;
        _ = (await new ConnectionRig(acme).AcceptAsync(opened, invited.LinkSecret)).Value;
        var jo = invited.Invitation.MemberId;
        Assert.True((await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, jo, null, default)).Done);
        Assert.True((await acme.ProvisionAsync("jo@example.com")).Done);
        var first = (await new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, jo, default)).Value;
        var row = await acme.ReadAsync(jo);
        acme.Clock.Advance(TimeSpan.FromDays(20));
        var again = (await new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, jo, default)).Value;
        Assert.Equal((false, false, true, 0), (first.Account, first.Again, again.Again, again.Lines));
        Assert.Equal(row, await acme.ReadAsync(jo));
    }

    [Theory, EachDatabase]
    public async Task Whoever_is_made_an_admin_while_they_are_erased_keeps_the_account_they_are_given(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var ada = await LiveAsync(acme, acme.As(await acme.JoinAsync("boss@acme.test", "admin")), await acme.JoinAsync("bob@acme.test"));
        var invite = new InviteAdmin(acme.Store);
        await using var db = acme.Store.Read();
        var before = await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == ada.AccountId);
        Assert.True((await invite.RunAsync(Actor.Operator, acme.Id, ada.UserName, TimeSpan.FromHours(1), default)).Done);
        Assert.Equal(before.Version + 1, (await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == ada.AccountId)).Version);

        Assert.True((await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, ada.Id, null, default)).Done);
        var done = await Rivals.RaceAsync(
            2,
            async i =>
                i == 0
                    ? (await new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, ada.Id, default)).Done
                    : (await invite.RunAsync(Actor.Operator, acme.Id, "ada.lovelace@acme.test", TimeSpan.FromHours(1), default)).Done
        );
        Assert.All(done, d => Assert.True(d.Required));
        var anew = await db
            .Members.AsNoTracking()
            .SingleAsync(m => m.UserNameKey == "ada.lovelace@acme.test" && m.State == MemberState.Active);
        Assert.True(await db.Accounts.AnyAsync(a => a.Id == anew.AccountId));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task The_document_holds_everything_about_the_person_and_no_secret(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var ada = await LiveAsync(acme, boss, await acme.JoinAsync("bob@acme.test"));
        var export = new ExportPerson(acme.Store);
        Assert.Equal(
            "forbidden",
            (await export.RunAsync(acme.As(await acme.JoinAsync("m@acme.test", "member")), acme.Id, ada.Id, default)).Refusal?.Code
        );
        foreach (var actor in new[] { Actor.Operator, boss })
        {
            using var stream = new MemoryStream();
            await (await export.RunAsync(actor, acme.Id, ada.Id, default)).Value.WriteAsync(stream, default);
            using var document = System.Text.Json.JsonDocument.Parse(stream.ToArray());
            var root = document.RootElement;
            var membership = Assert.Single(root.GetProperty("memberships").EnumerateArray());
            Assert.Equal("Lovelace", membership.GetProperty("familyName").GetString());
            Assert.Equal("+44 20 7946 0018", membership.GetProperty("scim").GetProperty("phone").GetString());
            Assert.Equal(
                "Engines",
                Assert.Single(membership.GetProperty("groups").EnumerateArray()).GetProperty("displayName").GetString()
            );
            Assert.NotEmpty(membership.GetProperty("grants").EnumerateArray());
            var acts = root.GetProperty("audit").EnumerateArray().Select(l => l.GetProperty("act").GetString()).ToList();
            Assert.Contains("member.provisioned", acts);
            Assert.Contains("role.changed", acts);
            var text = Encoding.UTF8.GetString(stream.ToArray());
            Assert.DoesNotContain("passwordHash", text, StringComparison.Ordinal);
            Assert.DoesNotContain("bob@acme.test", text, StringComparison.Ordinal); // what she did to others is theirs
            Assert.Equal(actor.Unlimited, text.Contains("203.0.113.77", StringComparison.Ordinal));
        }

        Assert.Equal(2, (await acme.AuditAsync()).Count(l => l.Act == ExportPerson.Act && !l.Refused));
    }

    /// <summary>
    /// Somebody of whom every table holds something: a directory's facts, an account with password and session, acts of her own.
    /// </summary>
    private static async Task<Member> LiveAsync(TestWorkspace acme, Actor boss, Member bob)
    {
        var facts = new MemberAttributes
        {
            UserName = "ada.lovelace@acme.test",
            ExternalId = "emp-1815",
            DisplayName = "Countess Ada",
            GivenName = "Ada",
            FamilyName = "Lovelace",
            Email = "ada.private@example.org",
            Document = """{"phone":"+44 20 7946 0018","address":"12 St James Square"}""",
            Keys = [FindableBy.AnyCase(MemberKey.Emails, "ada.private@example.org")],
        };
        var ada = (await new ProvisionMember(acme.Store).RunAsync(acme.Directory, acme.Id, facts, default)).Value;
        var link = (
            await new InviteAdmin(acme.Store).RunAsync(Actor.Operator, acme.Id, "ada.lovelace@acme.test", TimeSpan.FromHours(1), default)
        ).Value;
        Assert.True((await new UseOneTimeLink(acme.Store).RunAsync(link, new Browser("curl/8.5.0", "203.0.113.77"), default)).Done);
        ada = await acme.ReadAsync(ada.Id);
        Assert.NotNull(ada.AccountId);
        Assert.True(
            (await new CreateGroup(acme.Store).RunAsync(acme.Directory, acme.Id, new() { DisplayName = "Engines" }, [ada.Id], default)).Done
        );
        Assert.True((await acme.AssignAsync(acme.As(ada), bob.Id, "viewer")).Done);
        Assert.True(
            (
                await new Membership.Invitations.InvitePeople(acme.Store).RunAsync(
                    acme.As(ada),
                    acme.Id,
                    new() { UserNames = ["carol@acme.test"] },
                    default
                )
            )
                .Value[0]
                .Outcome
                .Done
        );
        Assert.True((await acme.AssignAsync(boss, ada.Id, "member")).Done);
        return await acme.ReadAsync(ada.Id);
    }

    private static async Task AccountLessAsync(TestWorkspace acme, Member ada)
    {
        await using var db = acme.Store.Read();
        var account = ada.AccountId!.Value;
        Assert.False(await db.Accounts.AnyAsync(a => a.Id == account));
        Assert.False(
            await db.LocalCredentials.AnyAsync(a => a.AccountId == account)
                || await db.Sessions.AnyAsync(s => s.AccountId == account)
                || await db.OneTimeLinks.AnyAsync(l => l.AccountId == account)
        );
        Assert.Single(
            await db
                .AuditEntries.Where(l => l.WorkspaceId == default && l.TargetId == account.Value && l.Act == ErasePerson.AccountAct)
                .ToListAsync()
        );
    }

    private static async Task SweepAsync(TestWorkspace acme, TimeSpan later)
    {
        acme.Clock.Advance(later);
        Assert.False((await new SweepOver(acme.Store).RunAsync(new(), default)).IsMore);
    }

    private static async Task<string> DumpAsync(TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        var text = new StringBuilder();
        await db.Database.OpenConnectionAsync();
        foreach (var table in db.Model.GetEntityTypes().Select(e => e.GetTableName()!))
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = "SELECT * FROM " + table;
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                for (var i = 0; i < rows.FieldCount; i++)
                {
                    text.Append(Convert.ToString(rows.GetValue(i), CultureInfo.InvariantCulture)).Append('\t');
                }

                text.Append('\n');
            }
        }

        await db.Database.CloseConnectionAsync();
        return text.ToString();
    }
}
