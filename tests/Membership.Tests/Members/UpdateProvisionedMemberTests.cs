using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Members;

/// <summary>What directories do to people, and what admins do beside them.</summary>
public sealed class UpdateProvisionedMemberTests
{
    [Theory, EachDatabase]
    public async Task Fifty_who_provision_the_same_person_make_one_row(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var race = await Rivals.RaceAsync(50, i => acme.ProvisionAsync(i % 2 == 0 ? "ada@acme.test" : "ADA@ACME.TEST"));
        Assert.Single(race, r => r.Required.Done);
        Assert.All(
            race.Where(r => !r.Required.Done),
            r => Assert.Equal(("userNameTaken", RefusalKind.Conflict), (r.Required.Refusal!.Code, r.Required.Refusal.Kind))
        );
        Assert.Equal(1, (await acme.CountsAsync()).Visible);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_user_name_that_somebody_has_cannot_be_taken_also_not_by_two_at_once(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var people = new List<Member>();
        for (var i = 0; i < 6; i++)
        {
            people.Add((await acme.ProvisionAsync($"p{i}@acme.test")).Value);
        }

        Assert.Equal("userNameTaken", (await RenameAsync(acme, people[0].Id, "P1@acme.test")).Refusal!.Code);
        Assert.Equal("P0@acme.test", (await RenameAsync(acme, people[0].Id, "P0@acme.test")).Value.UserName);
        var race = await Rivals.RaceAsync(6, i => RenameAsync(acme, people[i].Id, "boss@acme.test"));
        Assert.Single(race, r => r.Required.Done);
        Assert.All(race.Where(r => !r.Required.Done), r => Assert.Equal("userNameTaken", r.Required.Refusal!.Code));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S1-30", "S1-37")]
    public async Task Deleted_and_made_anew_is_another_row_and_history_stays(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var first = (await acme.ProvisionAsync("ada@acme.test")).Value;
        Assert.True((await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, first.Id, null, default)).Done);
        Assert.Equal(
            "notFound",
            (await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, first.Id, null, default)).Refusal!.Code
        );
        Assert.Equal("notFound", (await acme.SayAsync(first.Id, true)).Refusal!.Code);
        var second = (await acme.ProvisionAsync("ada@acme.test")).Value;
        Assert.NotEqual(first.Id, second.Id);
        var kept = await acme.ReadAsync(first.Id);
        Assert.Equal(
            (MemberState.Ended, "ada@acme.test", null, first.CreatedAt),
            (kept.State, kept.UserName, kept.UserNameKey, kept.CreatedAt)
        );
        Assert.Equal(
            ["member.deleted", "member.provisioned"],
            (await acme.AuditAsync()).Where(a => a.TargetId == first.Id.Value).Select(a => a.Act).Order()
        );
        await using var db = acme.Store.Read();
        Assert.Empty(await db.MemberKeys.Where(k => k.MemberId == first.Id).ToListAsync());
        Assert.NotEmpty(await db.Grants.Where(k => k.MemberId == first.Id).ToListAsync());
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S1-44")]
    public async Task Access_needs_the_directorys_word_and_the_admins(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var id = (await acme.ProvisionAsync("ada@acme.test", active: false)).Value.Id;
        Assert.Equal((MemberState.Provisioned, 0), await NowAsync());
        await acme.SayAsync(id, true);
        Assert.Equal((MemberState.Active, 1), await NowAsync());
        await acme.SayAsync(id, false);
        Assert.Equal((MemberState.Suspended, 0), await NowAsync());
        Assert.Equal(
            "directoryInactive",
            (await new RestoreMember(acme.Store).RunAsync(Actor.Operator, acme.Id, id, default)).Refusal!.Code
        );
        await acme.SayAsync(id, true);
        await new RemoveMember(acme.Store).RunAsync(Actor.Operator, acme.Id, id, default);
        Assert.Equal((MemberState.Removed, 0), await NowAsync());
        Assert.True((await acme.SayAsync(id, true)).Value.ShownActive()); // the directory still sees its own word, and nobody is let in
        Assert.Equal((MemberState.Removed, 0), await NowAsync());
        await acme.SayAsync(id, false);
        await new RestoreMember(acme.Store).RunAsync(Actor.Operator, acme.Id, id, default);
        Assert.Equal((MemberState.Suspended, 0), await NowAsync());
        await acme.SayAsync(id, true);
        Assert.Equal((MemberState.Active, 1), await NowAsync());
        await acme.AgreesAsync();

        async Task<(MemberState, long)> NowAsync() => ((await acme.ReadAsync(id)).State, (await acme.CountsAsync()).Seats.Used);
    }

    [Theory, EachDatabase]
    public async Task The_same_words_again_change_nothing_and_a_version_seen_must_be_the_current_one(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var ada = (await acme.ProvisionAsync("ada@acme.test")).Value;
        var lines = (await acme.AuditAsync()).Count;
        Assert.Equal(ada.Version, (await acme.SayAsync(ada.Id, true)).Value.Version);
        Assert.Equal(lines, (await acme.AuditAsync()).Count);
        Assert.Equal(
            "stale",
            (
                await new UpdateProvisionedMember(acme.Store).RunAsync(
                    acme.Directory,
                    acme.Id,
                    ada.Id,
                    v => v == 99,
                    m => MemberAttributes.Of(m),
                    default
                )
            )
                .Refusal!
                .Code
        );
        Assert.Equal(
            "stale",
            (await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, ada.Id, v => v == 99, default)).Refusal!.Code
        );

        // Of rivals who saw the same version one goes through.
        var race = await Rivals.RaceAsync(
            10,
            i =>
                new UpdateProvisionedMember(acme.Store).RunAsync(
                    acme.Directory,
                    acme.Id,
                    ada.Id,
                    v => v == ada.Version,
                    m => MemberAttributes.Of(m) with { DisplayName = $"Ada {i}" },
                    default
                )
        );
        Assert.Single(race, r => r.Required.Done);
        Assert.All(race.Where(r => !r.Required.Done), r => Assert.Equal("stale", r.Required.Refusal!.Code));
    }

    [Theory, EachDatabase]
    public async Task Names_that_are_too_long_odd_or_unfold_are_refused_and_the_longest_are_kept(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var make = new ProvisionMember(acme.Store);
        foreach (var bad in new[] { "", " ", new string('x', 513), "a\0b", "a\uD83D", new string('\uFDFA', 100) })
        {
            Assert.Equal(
                RefusalKind.Invalid,
                (await make.RunAsync(acme.Directory, acme.Id, new() { UserName = bad }, default)).Refusal?.Kind
            );
            if (bad.Trim().Length > 0 && !bad.Contains('\0', StringComparison.Ordinal))
            {
                Assert.Equal(
                    RefusalKind.Invalid,
                    (await make.RunAsync(acme.Directory, acme.Id, new() { UserName = "ok", DisplayName = bad }, default)).Refusal?.Kind
                );
            }
        }

        var wide = string.Concat(Enumerable.Range(0, 512).Select(i => (char)(0x4E00 + (i * 37 % 20000))));
        var kept = (
            await make.RunAsync(
                acme.Directory,
                acme.Id,
                new()
                {
                    UserName = wide,
                    DisplayName = wide,
                    ExternalId = wide,
                    GivenName = new string('x', 63) + "😀",
                    FamilyName = wide[..511] + "x",
                },
                default
            )
        ).Value;
        Assert.Equal(wide, (await acme.ReadAsync(kept.Id)).UserName);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Nobody_is_refused_or_two_for_what_nobody_sees(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var make = new ProvisionMember(acme.Store);
        var ada = (
            await make.RunAsync(
                acme.Directory,
                acme.Id,
                new()
                {
                    UserName = " \uFEFFada@b\u00FCcher.example\u200B",
                    DisplayName = "Ada\tLovelace\n",
                    GivenName = "Ada\u0085",
                    FamilyName = "Love\u200Blace\u007F",
                    Email = "\u2060ada@example.org\r\n",
                },
                default
            )
        ).Value;
        Assert.Equal(
            ("ada@bücher.example", "Ada Lovelace", "Ada", "Lovelace", "ada@example.org"),
            (ada.UserName, ada.DisplayName, ada.GivenName, ada.FamilyName, ada.Email)
        );
        foreach (
            var same in (string[])
                [
                    "ada@bücher.example",
                    "ADA@xn--bcher-kva.example",
                    "a\u00ADda@bu\u0308cher.example",
                    "ａda@bücher。example",
                    "\u202Aada@bücher.example\u202C",
                ]
        )
        {
            Assert.Equal("userNameTaken", (await make.RunAsync(acme.Directory, acme.Id, new() { UserName = same }, default)).Refusal?.Code);
        }

        foreach (var bad in (string[])["\u200B", "a\tb", "a\u0085", "a\u2028b", "a\u007F"])
        {
            Assert.Equal("userName", (await make.RunAsync(acme.Directory, acme.Id, new() { UserName = bad }, default)).Refusal?.Field);
        }

        Assert.Null((
                await make.RunAsync(
                    acme.Directory,
                    acme.Id,
                    new()
                    {
                        UserName = "bob",
                        DisplayName = "\u200B",
                        Email = "\u00AD",
                    },
                    default
                )
            ).Value.DisplayName);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S1-28", "S4-10")]
    public async Task Removal_frees_the_seat_here_and_touches_no_other_workspace(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            change: c => c with { Capacity = c.Capacity with { Seats = 1, OnFull = OnFull.Refuse } }
        );
        var other = await acme.OtherAsync();
        var account = Id<Account>.New(TimeProvider.System);
        var here = await acme.JoinAsync("ada@acme.test", "member", account);
        var there = await other.JoinAsync("ada@acme.test", "member", account);
        Assert.Equal("seatsFull", (await acme.ProvisionAsync("next@acme.test")).Refusal!.Code);
        Assert.Equal(0, (await acme.CountsAsync()).In(MemberState.Provisioned)); // a refusal leaves nothing

        Assert.True((await new RemoveMember(acme.Store).RunAsync(Actor.Operator, acme.Id, here.Id, default)).Done);
        Assert.Equal(there, await other.ReadAsync(there.Id));
        Assert.Equal((0, 1), ((await acme.CountsAsync()).Seats.Used, (await other.CountsAsync()).Seats.Used));
        Assert.Equal("removed", (await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, here.Id, default)).Refusal!.Code);

        Assert.True((await acme.ProvisionAsync("next@acme.test")).Done);
        Assert.Equal("seatsFull", (await new RestoreMember(acme.Store).RunAsync(Actor.Operator, acme.Id, here.Id, default)).Refusal!.Code);
        Assert.Equal(MemberState.Removed, (await acme.ReadAsync(here.Id)).State);
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { OnFull = OnFull.Downgrade } });
        var back = (await new RestoreMember(acme.Store).RunAsync(Actor.Operator, acme.Id, here.Id, default)).Value;
        Assert.Equal(("viewer", MemberState.Active, account), (back.Role, back.State, back.AccountId!.Value));

        // Coming in again when there is room gives what was meant.
        await acme.ConfigureAsync(c => c with { Capacity = c.Capacity with { Seats = 2 } });
        await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, here.Id, default);
        Assert.Equal("member", (await new RestoreMember(acme.Store).RunAsync(Actor.Operator, acme.Id, here.Id, default)).Value.Role);
        await acme.AgreesAsync();
    }

    private static Task<Outcome<Member>> RenameAsync(TestWorkspace acme, Id<Member> id, string name) =>
        new UpdateProvisionedMember(acme.Store).RunAsync(
            acme.Directory,
            acme.Id,
            id,
            null,
            m => MemberAttributes.Of(m) with { UserName = name },
            default
        );
}
