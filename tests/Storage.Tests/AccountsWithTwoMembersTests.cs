using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Storage.Tests;

/// <summary>A database that holds accounts which are two members of one workspace is migrated all the same, and nobody is lost.</summary>
public class AccountsWithTwoMembersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task The_account_stays_with_the_admin_and_the_others_stay_members(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        var store = database.Store();
        var workspace = (await new CreateWorkspace(store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), Ct)).Value;
        var broken = (await new CreateWorkspace(store).RunAsync(Actor.Operator, new("broken", "Broken", "seats"), Ct)).Value;
        var people = new List<Member>();
        foreach (
            var (name, role, at) in (ValueTuple<string, string, WorkspaceContext>[])
                [
                    ("a@x.test", "viewer", workspace),
                    ("b@x.test", "admin", workspace),
                    ("c@x.test", "admin", workspace),
                    ("d@x.test", "member", workspace),
                    ("e@x.test", "viewer", broken),
                    ("f@x.test", "viewer", broken),
                ]
        )
        {
            people.Add(await JoinAsync(store, at.Id, name, role));
        }

        await using (var db = store.Read())
        {
            // As an older build could leave it: a, b and c one account, e and f another, and a configuration that nobody can read.
            await db.Database.ExecuteSqlAsync($"""DROP INDEX "IX_members_workspace_id_account_id" """, Ct);
            await db.Database.ExecuteSqlAsync(
                $"""DELETE FROM "__EFMigrationsHistory" WHERE "MigrationId" LIKE '%_OneMemberOfAnAccount'""",
                Ct
            );
            await SetAsync(db, people[0], people[1].AccountId);
            await SetAsync(db, people[2], people[1].AccountId);
            await SetAsync(db, people[5], people[4].AccountId);
            await db.Workspaces.Where(w => w.Id == broken.Id).ExecuteUpdateAsync(s => s.SetProperty(w => w.Configuration, "not JSON"), Ct);
        }

        await database.Source.MigrateAsync(Ct);

        await using var end = store.Read();
        var now = await end.Members.OrderBy(m => m.UserName).ToListAsync(Ct);
        Assert.Equal([null, people[1].AccountId, null, people[3].AccountId, people[4].AccountId, null], now.Select(m => m.AccountId));
        Assert.All(now, m => Assert.Equal(MemberState.Active, m.State));
        await end
            .Workspaces.Where(w => w.Id == broken.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(w => w.Configuration, broken.Row.Configuration), Ct);
        Assert.Empty(await new VerifyCounters(store).RunAsync(Ct));
        Assert.Equal(1, (await Counts.ReadAsync(end, workspace.Id, Ct)).Admins);
        var told = await end.AuditEntries.Where(a => a.Act == "member.unlinked").OrderBy(a => a.TargetName).ToListAsync(Ct);
        Assert.Equal([people[0].Id.Value, people[2].Id.Value, people[5].Id.Value], told.Select(a => a.TargetId!.Value));
        Assert.All(told, a => Assert.Equal((ActorKind.System, Door.None, false), (a.ActorKind, a.Door, a.Refused)));
        Assert.Contains(people[1].Id.ToString(), told[0].Reason, StringComparison.Ordinal);
        Assert.Contains(people[1].AccountId!.Value.ToString(), told[0].Before, StringComparison.Ordinal);
    }

    private static Task<int> SetAsync(Membership.Data.MembershipDb db, Member member, Id<Account>? account) =>
        db.Members.Where(m => m.Id == member.Id).ExecuteUpdateAsync(s => s.SetProperty(m => m.AccountId, account), Ct);

    private static async Task<Member> JoinAsync(Membership.Data.Store store, Id<Workspace> workspace, string name, string role)
    {
        var made = (
            await new InvitePeople(store).RunAsync(
                Actor.Operator,
                workspace,
                new()
                {
                    UserNames = [name],
                    Role = role,
                    SendMail = false,
                },
                Ct
            )
        ).Value[0].Outcome.Value;
        var person = new Actor
        {
            Kind = ActorKind.Person,
            Door = Door.SignIn,
            Name = name,
        };
        return (
            await new RedeemInvitation(store).RunAsync(
                person,
                made.LinkSecret,
                new()
                {
                    AccountId = Id<Account>.New(TimeProvider.System),
                    Provider = IdentityProvider.Local,
                    UserName = name,
                },
                Ct
            )
        ).Value.Member;
    }
}
