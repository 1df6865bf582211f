using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Tests.Connections;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts.Factors;

public sealed class ProveSecondFactorTests
{
    [Theory, EachDatabase]
    public async Task A_password_alone_opens_nothing_once_a_factor_is_there(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var jo = await rig.JoinAsync("jo@example.com");
        var (key, _, session) = await rig.AddTotpAsync(jo);
        Assert.NotNull((await rig.ReadAsync(session.Secret, "acme"))!.Actor);

        rig.Clock.Advance(TimeSpan.FromSeconds(30));
        var half = await rig.HalfAsync("jo@example.com");
        Assert.Equal(RequiredAction.SecondFactor, half.Demand);
        Assert.Null(half.Actor);
        Assert.Null(half.Member);
        Assert.Equal(
            "secondFactorNeeded",
            (await rig.Accept().RunAsync(half, (await rig.InviteAsync("new@example.com")).Copied, null, null, default)).Refusal!.Code
        );
        Assert.Equal(
            "secondFactorNeeded",
            (
                await new SetPassword(rig.Store, AccountRig.Rules).RunAsync(
                    half,
                    AccountRig.GoodPassword,
                    "seven tall lighthouses",
                    AccountRig.Browser,
                    default
                )
            )
                .Refusal!
                .Code
        );
        Assert.Equal("secondFactorNeeded", (await new RemoveTotp(rig.Store).RunAsync(half, default)).Refusal!.Code);
        Assert.Equal("secondFactorNeeded", (await new EndSession(rig.Store).RunAsync(half, half.Session.Id, default)).Refusal!.Code);

        var whole = (await new ProveSecondFactor(rig.Store).ByCodeAsync(half, rig.Code(key), default)).Value;
        Assert.NotNull((await rig.ReadAsync(whole.Secret, "acme"))!.Actor);
        Assert.Single(await rig.AuditAsync("secondFactor.proven"));
    }

    [Theory, EachDatabase]
    public async Task By_password_by_link_and_by_provider_alike_nothing_opens_before_the_factor(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var jo = await rig.JoinAsync("jo@example.com", "admin");
        var google = (
            await new CreateConnection(rig.Store).RunAsync(
                Actor.Operator,
                default,
                ConnectionRig.Draft(ConnectionKind.Google),
                ConnectionRig.Good,
                default
            )
        ).Value;
        _ = (await new LinkLogin(rig.Store).RunAsync(jo, rig.Proven(google), null, default)).Value;
        var (_, codes, _) = await rig.AddTotpAsync(jo);
        var link = (
            await new InviteAdmin(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, "jo@example.com", TimeSpan.FromHours(1), default)
        ).Value;

        (string By, Outcome<OpenedSession> Opened)[] ways =
        [
            ("password", await rig.SignInAsync("jo@example.com")),
            ("link", await new UseOneTimeLink(rig.Store).RunAsync(link, AccountRig.Browser, default)),
            ("google", await new SignInWithProvider(rig.Store).RunAsync(rig.Proven(google), new(), AccountRig.Browser, default)),
        ];
        foreach (var (way, i) in ways.Select((w, i) => (w, i)))
        {
            var half = (await rig.ReadAsync(way.Opened.Value.Secret, "acme"))!;
            Assert.Equal(
                (way.By, RequiredAction.SecondFactor, null, null),
                (half.Session.SignedInBy, half.Demand, half.Actor, half.Member)
            );
            Assert.Equal(
                "secondFactorNeeded",
                (await new LinkLogin(rig.Store).RunAsync(half, rig.Proven(google), null, default)).Refusal?.Code
            );
            var whole = (await new ProveSecondFactor(rig.Store).ByCodeAsync(half, codes[i], default)).Value;
            Assert.Equal(jo.Member!.Id, (await rig.ReadAsync(whole.Secret, "acme"))!.Actor?.Member);
        }
    }

    [Theory, EachDatabase]
    public async Task The_session_goes_on_under_a_new_secret(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var (key, _, _) = await rig.AddTotpAsync(await rig.JoinAsync("jo@example.com"));
        var opened = (await rig.SignInAsync("jo@example.com")).Value;
        var half = (await rig.ReadAsync(opened.Secret))!;

        var whole = (await new ProveSecondFactor(rig.Store).ByCodeAsync(half, rig.Code(key, 1), default)).Value;

        Assert.Null(await rig.ReadAsync(opened.Secret));
        Assert.Equal(half.Session.Id, (await rig.ReadAsync(whole.Secret))!.Session.Id);
    }

    [Theory, EachDatabase]
    public async Task A_code_is_refused_the_second_time_and_so_are_older_ones(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var (key, _, _) = await rig.AddTotpAsync(await rig.JoinAsync("jo@example.com"));
        var prove = new ProveSecondFactor(rig.Store);
        // the one that set it up
        Assert.Equal("codeUsed", (await prove.ByCodeAsync(await rig.HalfAsync("jo@example.com"), rig.Code(key), default)).Refusal!.Code);

        Assert.True((await prove.ByCodeAsync(await rig.HalfAsync("jo@example.com"), rig.Code(key, 1), default)).Done);
        Assert.Equal("codeUsed", (await prove.ByCodeAsync(await rig.HalfAsync("jo@example.com"), rig.Code(key, 1), default)).Refusal!.Code);
        Assert.Equal("codeUsed", (await prove.ByCodeAsync(await rig.HalfAsync("jo@example.com"), rig.Code(key), default)).Refusal!.Code);

        rig.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.True((await prove.ByCodeAsync(await rig.HalfAsync("jo@example.com"), rig.Code(key), default)).Done);
    }

    [Theory, EachDatabase]
    public async Task Of_twenty_at_once_with_one_code_exactly_one_gets_through_on_two_servers_alike(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var (key, _, _) = await rig.AddTotpAsync(await rig.JoinAsync("jo@example.com"));
        var other = new Store(rig.Store.Read, rig.Clock, rig.Store.Box); // a second server on the same database shares nothing but it
        var halves = new List<SignedIn>();
        for (var i = 0; i < 20; i++)
        {
            halves.Add(await rig.HalfAsync("jo@example.com"));
        }

        var code = rig.Code(key, 1);
        var ends = await Rivals.RaceAsync(
            20,
            n => new ProveSecondFactor(n % 2 == 0 ? rig.Store : other).ByCodeAsync(halves[n], code, default)
        );

        Assert.Single(ends, e => e.Required.Done);
        Assert.All(ends.Where(e => !e.Required.Done), e => Assert.Contains(e.Required.Refusal!.Code, (string[])["codeUsed", "busy"]));
        Assert.Single(await rig.AuditAsync("secondFactor.proven"));
    }

    [Theory, EachDatabase]
    public async Task A_recovery_code_works_once_also_for_twenty_at_once(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var (_, codes, session) = await rig.AddTotpAsync(await rig.JoinAsync("jo@example.com"));
        Assert.Equal(10, codes.Distinct().Count());
        var half = await rig.HalfAsync("jo@example.com");
        var prove = new ProveSecondFactor(rig.Store);

        Assert.Equal(
            "recovery",
            (await prove.ByCodeAsync(half, codes[0].ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal), default))
                .Value
                .Row
                .SecondProvenBy
        );
        var halves = new[]
        {
            await rig.HalfAsync("jo@example.com"),
            await rig.HalfAsync("jo@example.com"),
            await rig.HalfAsync("jo@example.com"),
        };
        Assert.Equal("wrongCode", (await prove.ByCodeAsync(halves[0], codes[0], default)).Refusal!.Code);
        var ends = await Rivals.RaceAsync(3, n => prove.ByCodeAsync(halves[n], codes[1], default));
        Assert.Single(ends, e => e.Required.Done);
        Assert.Equal(8, (await new ReadFactors(rig.Store).RunAsync(half.Account.Id, default)).CodesLeft);

        var who = (await rig.ReadAsync(session.Secret))!;
        var made = (await new RemakeRecoveryCodes(rig.Store).RunAsync(who, default)).Value.Codes;
        rig.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("wrongCode", (await prove.ByCodeAsync(await rig.HalfAsync("jo@example.com"), codes[2], default)).Refusal!.Code);
        Assert.True((await prove.ByCodeAsync(await rig.HalfAsync("jo@example.com"), made[9], default)).Done);
    }

    [Theory, EachDatabase]
    public async Task Wrong_codes_lock_the_account_whatever_session_they_come_from(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var (key, codes, _) = await rig.AddTotpAsync(await rig.JoinAsync("jo@example.com"));
        var halves = new List<SignedIn>();
        for (var i = 0; i < 20; i++)
        {
            halves.Add(await rig.HalfAsync("jo@example.com"));
        }

        var ends = await Rivals.RaceAsync(20, n => new ProveSecondFactor(rig.Store).ByCodeAsync(halves[n], "00000a", default));
        Assert.Equal(4, ends.Count(e => e.Required.Refusal!.Code == "wrongCode"));
        Assert.Equal(16, ends.Count(e => e.Required.Refusal!.Code == "tooManyCodes"));
        Assert.Equal(
            "tooManyCodes",
            (await new ProveSecondFactor(rig.Store).ByCodeAsync(halves[0], rig.Code(key, 1), default)).Refusal!.Code
        );
        Assert.Equal("tooManyCodes", (await new ProveSecondFactor(rig.Store).ByCodeAsync(halves[0], codes[0], default)).Refusal!.Code);

        rig.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.True((await new ProveSecondFactor(rig.Store).ByCodeAsync(halves[0], rig.Code(key), default)).Done);
    }

    [Theory, EachDatabase]
    public async Task No_secret_of_a_factor_is_in_the_database_in_clear(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var (key, codes, _) = await rig.AddTotpAsync(await rig.JoinAsync("jo@example.com"));
        await new ProveSecondFactor(rig.Store).ByCodeAsync(await rig.HalfAsync("jo@example.com"), codes[0], default);
        await using var db = rig.Store.Read();
        var factor = await db.SecondFactors.AsNoTracking().SingleAsync();
        var rows = await db.RecoveryCodes.AsNoTracking().ToListAsync();
        var said = string.Concat(
            (await db.AuditEntries.AsNoTracking().ToListAsync()).Select(e => e.Before + e.After + e.Reason + e.TargetName)
        );

        Assert.True(factor.TotpSealed.AsSpan().IndexOf(key) < 0);
        Assert.Empty(SecretScan.Find(said, [Totp.Text(key), .. codes, .. codes.Select(c => c.Replace("-", "", StringComparison.Ordinal))]));
        Assert.All(rows, r => Assert.Equal(32, r.CodeHash.Length));
        Assert.Null(new SecretBox(new byte[32]).Open(SecondFactor.TotpPurpose, factor.TotpSealed));
    }

    [Theory, EachDatabase]
    [Shows("S0-45")]
    public async Task A_workspace_that_asks_for_a_factor_leads_people_without_to_set_one_up_and_takes_nobodys_seat(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var jo = await rig.JoinAsync("jo@example.com", "member");
        var opened = (await rig.SignInAsync("jo@example.com")).Value;
        await rig.RulesAsync(r => r with { Mfa = MfaPolicy.Required });

        var who = (await rig.ReadAsync(opened.Secret, "acme"))!;
        Assert.Equal((RequiredAction.SetUp, null), (who.Demand, who.Actor));
        Assert.Equal(RequiredAction.None, (await rig.ReadAsync(opened.Secret))!.Demand);
        Assert.Equal(jo.Member, await rig.MemberAsync("jo@example.com"));

        var (_, _, session) = await rig.AddTotpAsync(who);
        Assert.NotNull((await rig.ReadAsync(session.Secret, "acme"))!.Actor);
        Assert.True((await new RemoveTotp(rig.Store).RunAsync((await rig.ReadAsync(session.Secret))!, default)).Done);
        Assert.Equal(RequiredAction.SetUp, (await rig.ReadAsync(session.Secret, "acme"))!.Demand);
        await rig.RulesAsync(r => r with { Mfa = MfaPolicy.Optional });
        Assert.NotNull((await rig.ReadAsync(session.Secret, "acme"))!.Actor);
    }

    [Theory]
    [InlineData("mfa", true, MfaPolicy.Required, RequiredAction.None)]
    [InlineData("pwd otp", true, MfaPolicy.Required, RequiredAction.None)]
    [InlineData("pwd sms", true, MfaPolicy.Required, RequiredAction.SetUp)]
    [InlineData("mfa", false, MfaPolicy.Required, RequiredAction.SetUp)]
    [InlineData(null, true, MfaPolicy.Required, RequiredAction.SetUp)]
    [InlineData(null, true, MfaPolicy.Optional, RequiredAction.None)]
    public void What_a_provider_asserts_counts_where_the_workspace_says_so(
        string? amr,
        bool counts,
        MfaPolicy policy,
        RequiredAction demand
    )
    {
        var session = NewSession() with { ProviderMethods = amr };
        Assert.Equal(demand, SignInDemands.Of(session, null, new() { Mfa = policy, MfaCountsProvider = counts }, null));
    }

    [Fact]
    public void The_provider_stands_for_the_own_factor_only_where_it_counts()
    {
        var session = NewSession() with { ProviderMethods = "mfa" };
        var factor = new SecondFactor
        {
            AccountId = default,
            Passkeys = 1,
            Version = 1,
        };
        Assert.Equal(RequiredAction.SecondFactor, SignInDemands.Of(session, factor, new(), null));
        Assert.Equal(RequiredAction.None, SignInDemands.Of(session, factor, new() { MfaCountsProvider = true }, null));
        Assert.Equal(RequiredAction.None, SignInDemands.Of(session, factor, null, null));
        // a workspace's own provider
        Assert.Equal(RequiredAction.SecondFactor, SignInDemands.Of(session, factor, null, null, isBounded: true));
        Assert.Null(RecentAuthentication.Until(session, factor)); // and never for what is sensitive
    }

    private static Session NewSession() =>
        new()
        {
            Id = default,
            SecretHash = [],
            AccountId = default,
            SignedInBy = "oidc",
            CreatedAt = DateTimeOffset.UnixEpoch,
            AuthenticatedAt = DateTimeOffset.UnixEpoch,
            ExpiresAt = DateTimeOffset.MaxValue,
        };
}
