using UserManagement.Membership.Accounts;
using UserManagement.Membership.Members;
using UserManagement.Membership.Retention;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts;

public sealed class AccountMembersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Where tables are cut the workspaces are named that the account was ever a member of, and no other is asked.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task The_memberships_of_an_account_are_found_in_all_its_workspaces(bool isCut)
    {
        using var log = StatementLog.Start();
        await using var acme = await TestWorkspace.NewAsync(Database.Postgres, "ranked", isCut: isCut);
        var other = await acme.OtherAsync("other", "ranked");
        await acme.OtherAsync("third", "ranked");
        var ada = await acme.JoinAsync("ada@acme.test");
        var account = ada.AccountId!.Value;
        await other.JoinAsync("ada@acme.test", account: account);
        log.Clear();
        await using var db = acme.Store.Read();
        var found = await AsListAsync(await AccountMembers.OfAsync(db, account, Ct));
        Assert.Equal(new[] { acme.Id, other.Id }.Order(), found.Select(m => m.WorkspaceId).Order());
        Assert.Equal(isCut, log.Statements.Any(s => s.Contains("account_workspaces", StringComparison.Ordinal)));
        Assert.Equal(isCut, log.Statements.Last().Contains("workspace_id = ANY", StringComparison.Ordinal));
    }

    /// <summary>It goes with the membership, and with the account.</summary>
    [Theory, EachDatabase]
    public async Task What_says_where_an_account_is_a_member_is_erased_with_the_person(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "ranked");
        var other = await acme.OtherAsync("other", "ranked");
        var ada = await acme.JoinAsync("ada@acme.test");
        var there = await other.JoinAsync("ada@acme.test", account: ada.AccountId);
        await using var db = acme.Store.Read();
        Assert.Equal(2, db.AccountWorkspaces.Count(a => a.AccountId == ada.AccountId));
        foreach (var (place, member, left) in new[] { (acme, ada, 1), (other, there, 0) })
        {
            Assert.True((await new EndMember(acme.Store).RunAsync(place.Directory, place.Id, member.Id, null, Ct)).Done);
            await new ErasePerson(acme.Store).EraseAsync(Access.Actor.System, place.Id, member.Id, true, Ct);
            Assert.Equal(left, db.AccountWorkspaces.Count(a => a.AccountId == ada.AccountId));
        }
    }

    private static Task<List<Member>> AsListAsync(IQueryable<Member> query) =>
        Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.ToListAsync(query, Ct);
}
