using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Members;

public sealed class SignedInCountTests
{
    /// <summary>Who has ended since is looked at as well, so the looking has a bound, and the number says when it was met.</summary>
    [Theory, EachDatabase]
    public async Task Of_those_who_have_signed_in_only_so_many_are_looked_at_the_newest_first(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await using var db = acme.Store.Read();
        var members = new List<Member>();
        for (var i = 0; i < 6; i++)
        {
            members.Add((await acme.ProvisionAsync($"p{i}@acme.test")).Value);
        }

        foreach (var member in members.Skip(1)) // the first has never signed in
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO member_activities (workspace_id, member_id, first_sign_in_at, last_sign_in_at, last_active_at)
                SELECT workspace_id, id, created_at, created_at, created_at FROM members WHERE id = {member.Id.Value}
                """
            );
        }

        await db.Database.ExecuteSqlAsync($"UPDATE members SET state = 'Ended' WHERE id = {members[1].Id.Value}");
        Assert.Equal(new(4, true), await SignedInCount.ReadAsync(db, acme.Id, default));
        Assert.Equal(new(4, true), await SignedInCount.ReadAsync(db, acme.Id, 5, default));
        Assert.Equal(new(4, false), await SignedInCount.ReadAsync(db, acme.Id, 4, default));
        Assert.Equal(new(2, false), await SignedInCount.ReadAsync(db, acme.Id, 2, default));
    }
}
