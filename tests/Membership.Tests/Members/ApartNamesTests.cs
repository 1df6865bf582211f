using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Members;

/// <summary>A key that stands apart does so only as long as somebody else has the name.</summary>
public sealed class ApartNamesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_key_of_an_older_rule_becomes_todays_at_the_next_change(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var member = (await acme.ProvisionAsync("Straße@acme.test")).Value;
        await using var db = acme.Store.Read();
        await db.Database.ExecuteSqlAsync($"UPDATE members SET user_name_key = {"straße@acme.test"} WHERE id = {member.Id.Value}", Ct);

        Assert.True((await acme.SayAsync(member.Id, active: false)).Done);
        Assert.Equal("strasse@acme.test", (await acme.ReadAsync(member.Id)).UserNameKey);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Who_stands_apart_gets_the_key_as_soon_as_the_other_is_renamed_or_removed(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await using var db = acme.Store.Read();
        var (bob, apart) = await TwoAsync(acme, db, "bob@acme.test", "bo\u200Bb@acme.test");
        var (eve, later) = await TwoAsync(acme, db, "eve@acme.test", "e\u200Bve@acme.test");
        Assert.Equal(2, (await new RekeyNames(acme.Store).RunAsync(again: true, null, Ct)).Count);
        Assert.True((await acme.SayAsync(apart.Id, active: false)).Done); // as long as the name is the other's the key stays apart
        Assert.Equal(apart.UserNameKey, (await acme.ReadAsync(apart.Id)).UserNameKey);

        Assert.True(
            (
                await new UpdateProvisionedMember(acme.Store).RunAsync(
                    acme.Directory,
                    acme.Id,
                    bob.Id,
                    null,
                    m => MemberAttributes.Of(m) with { UserName = "robert@acme.test" },
                    Ct
                )
            ).Done
        );
        Assert.True((await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, eve.Id, null, Ct)).Done);
        foreach (var (name, heir) in ((string, Member)[])[("Bob@acme.test", apart), ("Eve@acme.test", later)])
        {
            Assert.Equal(heir.Id, (await MemberWithGrants.ByUserNameAsync(db, acme.Id, name, Ct))?.Member.Id);
            Assert.Equal("userNameTaken", (await acme.ProvisionAsync(name)).Refusal?.Code);
        }

        Assert.False(await db.MemberKeys.AnyAsync(k => k.Attribute == MemberKey.UserName, Ct));
        await acme.AgreesAsync();
    }

    /// <summary>Two whom an older version told apart.</summary>
    private static async Task<(Member First, Member Apart)> TwoAsync(TestWorkspace acme, MembershipDb db, string name, string same)
    {
        var first = (await acme.ProvisionAsync(name)).Value;
        acme.Clock.Advance(TimeSpan.FromSeconds(1));
        var other = (await acme.ProvisionAsync("other." + name)).Value;
        acme.Clock.Advance(TimeSpan.FromSeconds(1));
        await db.Database.ExecuteSqlAsync($"UPDATE members SET user_name = {same}, user_name_key = {same} WHERE id = {other.Id.Value}", Ct);
        return (first, await acme.ReadAsync(other.Id));
    }
}
