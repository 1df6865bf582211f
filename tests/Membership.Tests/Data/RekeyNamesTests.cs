using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Data;

public sealed class RekeyNamesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Keys_of_an_older_rule_become_todays_and_a_second_run_writes_nothing(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Scim = c.Scim with { UniqueGroupNames = true } });
        var made = await new ProvisionMember(acme.Store).RunAsync(
            acme.Directory,
            acme.Id,
            new()
            {
                UserName = "STRAẞE@bücher.example",
                DisplayName = "Zoë Müller  ΟΔΟΣ",
                Email = "straße@bücher.example",
                Keys =
                [
                    FindableBy.AnyCase(MemberKey.Emails, "straße@bücher.example"),
                    FindableBy.AnyCase(MemberKey.Emails + ":work", "straße@bücher.example"),
                    new(MemberKey.Manager, "Boß"),
                ],
            },
            Ct
        );
        var plain = await acme.ProvisionAsync("plain@acme.test");
        var group = (await new CreateGroup(acme.Store).RunAsync(acme.Directory, acme.Id, new() { DisplayName = "Straße  1" }, [], Ct))
            .Value
            .Group;
        await using var db = acme.Store.Read();
        var (member, keys) = (await acme.ReadAsync(made.Value.Id), await KeysAsync(db, made.Value.Id));
        await db.Database.ExecuteSqlAsync(
            $"UPDATE members SET user_name_key = {"straße@bücher.example"}, sort_key = {"zoë müller  οδος"} WHERE user_name LIKE '%example'",
            Ct
        );
        await db.Database.ExecuteSqlAsync($"UPDATE groups SET display_name_key = {"straße  1"}, unique_name_key = {"straße  1"}", Ct);
        await db.Database.ExecuteSqlAsync($"UPDATE member_keys SET value = {"straße@bücher.example"} WHERE attribute LIKE 'emails%'", Ct);
        await db.Database.ExecuteSqlAsync($"UPDATE member_keys SET value = {"zoë"} WHERE attribute = 'word' AND value = 'zoe'", Ct);
        Assert.NotEmpty(await new VerifyCounters(acme.Store).RunAsync(Ct));

        Assert.Empty(await new RekeyNames(acme.Store).RunAsync(again: true, null, Ct));
        var after = await acme.ReadAsync(member.Id);
        Assert.Equal(member with { Version = after.Version }, after);
        Assert.Equal(keys, await KeysAsync(db, member.Id));
        Assert.Equal(
            (group.DisplayNameKey, group.UniqueNameKey),
            await db.Groups.SingleAsync(Ct) is var g ? (g.DisplayNameKey, g.UniqueNameKey) : default
        );
        await acme.AgreesAsync();

        Assert.Empty(await new RekeyNames(acme.Store).RunAsync(again: true, null, Ct));
        Assert.Equal(after, await acme.ReadAsync(member.Id));
        Assert.Equal(plain.Value, await acme.ReadAsync(plain.Value.Id));
    }

    [Theory, EachDatabase]
    public async Task Two_who_have_one_name_now_both_stay_and_the_later_is_named_until_renamed(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var first = (await acme.ProvisionAsync("first@acme.test")).Value;
        acme.Clock.Advance(TimeSpan.FromSeconds(1)); // who came first is told by the id
        var second = (await acme.ProvisionAsync("second@acme.test")).Value;
        acme.Clock.Advance(TimeSpan.FromSeconds(1));
        var third = (await acme.ProvisionAsync("strasse@acme.test")).Value;
        await using var db = acme.Store.Read();
        await RenameAsync(db, first, "\uFEFFbob@acme.test");
        await RenameAsync(db, second, "bo\u200Bb@acme.test");
        acme.Clock.Advance(TimeSpan.FromSeconds(1));
        var fourth = (await acme.ProvisionAsync("fourth@acme.test")).Value;
        await RenameAsync(db, fourth, "Straße@acme.test");

        var found = await new RekeyNames(acme.Store).RunAsync(again: true, null, Ct);
        Assert.Equal([(second.Id.Value, "bo\u200Bb@acme.test"), (fourth.Id.Value, "Straße@acme.test")], found.Select(f => (f.Id, f.Name)));
        Assert.All(found, f => Assert.Equal(("acme", "userName"), (f.Where, f.What)));
        Assert.Equal("bob@acme.test", (await acme.ReadAsync(first.Id)).UserNameKey);
        Assert.Equal("strasse@acme.test", (await acme.ReadAsync(third.Id)).UserNameKey);
        Assert.Equal(
            found.Select(f => $"key of {f.Id}"),
            (await new VerifyCounters(acme.Store).RunAsync(Ct)).Select(d => d.What).Order(StringComparer.Ordinal)
        );

        // by id they are as any other, also to a directory that sends the name again
        var revised = await new UpdateProvisionedMember(acme.Store).RunAsync(
            acme.Directory,
            acme.Id,
            second.Id,
            null,
            m => MemberAttributes.Of(m) with { DisplayName = "Bob Two" },
            Ct
        );
        Assert.Equal(("Bob Two", "bob@acme.test"), (revised.Value.DisplayName, revised.Value.UserName));
        Assert.Equal(found.Select(f => f.Id), (await new RekeyNames(acme.Store).RunAsync(again: true, null, Ct)).Select(f => f.Id));

        foreach (var (id, name) in ((Id<Member>, string)[])[(second.Id, "robert@acme.test"), (fourth.Id, "weg@acme.test")])
        {
            Assert.True(
                (
                    await new UpdateProvisionedMember(acme.Store).RunAsync(
                        acme.Directory,
                        acme.Id,
                        id,
                        null,
                        m => MemberAttributes.Of(m) with { UserName = name },
                        Ct
                    )
                ).Done
            );
        }

        Assert.Empty(await new RekeyNames(acme.Store).RunAsync(again: true, null, Ct));
        await acme.AgreesAsync();
    }

    private static Task<int> RenameAsync(MembershipDb db, Member member, string name) =>
        db.Database.ExecuteSqlAsync(
            $"UPDATE members SET user_name = {name}, user_name_key = {name.ToLowerInvariant()} WHERE id = {member.Id.Value}",
            Ct
        );

    private static Task<List<string>> KeysAsync(MembershipDb db, Id<Member> id) =>
        db
            .MemberKeys.Where(k => k.MemberId == id)
            .OrderBy(k => k.Attribute)
            .ThenBy(k => k.Value)
            .Select(k => k.Attribute + " " + k.Value)
            .ToListAsync(Ct);
}
