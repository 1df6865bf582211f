using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Connections;

/// <summary>
/// Every kind of connection, every claim that a person may be able to set at a provider, everything that is there to be
/// linked: which of them links is this table, and nothing else does.
/// </summary>
public class LinkProofTests
{
    private const string Columns = "pGoogle pEntra pOidc google entra oidc entra+ oidc+ oidc=";

    // Above, p is one of the installation's; + says that user names are the directory's, = that its externalId is the sub.
    // Entra is pinned to one tenant, Google to one domain.
    private const string Directory = """
        nothing of theirs           -       -       -     -     -      -     -    -      -
        user name                   -       -       -     -     -      -     yes  yes    -
        mail, not verified          -       -       -     -     -      -     -    -      -
        mail, verified              -       -       -     -     -      -     -    -      -
        upn                         -       -       -     -     -      -     -    -      -
        names                       -       -       -     -     -      -     -    -      -
        all of these                -       -       -     yes   -      -     yes  yes    -
        all, as a guest             -       -       -     yes   -      -     -    yes    -
        all, but no hosted domain   -       -       -     -     -      -     yes  yes    -
        subject is externalId       -       -       -     yes   yes    -     yes  -      yes
        subject, other tenant       -       -       -     yes   -      -     -    -      yes
        all, another's externalId   -       -       -     -     -      -     -    -      -
        all, externalId is the name -       -       -     yes   -      -     yes  yes    -
        all, linked already         -       -       -     -     -      -     -    -      -
        all, switched off           -       -       -     -     -      -     -    -      -
        all, invited only           -       -       -     -     -      -     -    -      -
        all, no directory           -       -       -     -     -      -     -    -      -
        """;

    private const string Invitation = """
        nothing of theirs           -       -       -     -     -      -     -    -      -
        user name                   yes     yes     yes   yes   yes    yes   yes  yes    yes
        mail, not verified          -       -       -     -     -      -     -    -      -
        mail, verified              yes     yes     yes   yes   yes    yes   yes  yes    yes
        upn                         -       -       -     -     yes    -     yes  -      -
        names                       -       -       -     -     -      -     -    -      -
        """;

    [Theory, EachDatabase]
    public async Task A_person_of_the_directory_is_linked_by_what_the_directory_and_the_provider_both_own_and_by_nothing_else(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var connections = await ConnectionsAsync(rig);
        var (wrong, number) = (new List<string>(), 0);
        foreach (var (row, column, expected) in Cells(Directory))
        {
            var connection = connections[column];
            var target = $"m{++number}@acme.com";
            var who = Claim(rig, connection, row, target, number);
            var member = await ThereAsync(rig, row, target, who);
            var before = await rig.MadeAsync();
            var done = (await rig.SignInAsync(who)).Done;
            var after = await MemberAsync(rig, member.Id);
            var linked = done && after.AccountId is not null && after.AccountId != member.AccountId;
            // an address that a provider of the installation proved finds its open invitation: an account, and no membership before it is
            // accepted
            var finds = row == "all, invited only" && column[0] == 'p';
            if (linked != expected || (!linked && (done != finds || after != member || (!finds && before != await rig.MadeAsync()))))
            {
                wrong.Add($"{row} at {column}: linked {linked}, expected {expected}");
            }
        }

        Assert.Empty(wrong);
        await rig.Acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task An_account_that_is_known_from_elsewhere_is_linked_no_sooner_than_a_new_one(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var other = await rig.Acme.OtherAsync();
        var connections = await ConnectionsAsync(rig);
        var (wrong, number) = (new List<string>(), 0);
        foreach (
            var (row, column, _) in Cells(Directory).Where(c => c.Column[0] == 'p' && !c.Row.Contains("invited", StringComparison.Ordinal))
        )
        {
            var target = $"k{++number}@acme.com";
            var who = Claim(rig, connections[column], row, target, number);
            Assert.True(
                (
                    await rig.SignInAsync(who with { StateHash = Secret.Hash(Secret.New()) }, await rig.InviteAsync(who.UserName!, other))
                ).Done
            );
            var member = await ThereAsync(rig, row, target, who);
            Assert.True((await rig.SignInAsync(who)).Done);
            if (await MemberAsync(rig, member.Id) != member)
            {
                wrong.Add($"{row} at {column}");
            }
        }

        Assert.Empty(wrong);
    }

    [Theory, EachDatabase]
    public async Task A_subject_that_is_a_small_number_or_a_chosen_name_is_the_externalId_of_nobody_where_the_workspace_did_not_say_so(
        Database kind
    )
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var (wrong, number) = (new List<string>(), 10);
        foreach (var (column, connection) in await ConnectionsAsync(rig))
        {
            number++;
            foreach (var subject in (string[])[$"{number}", $"jo{number}", $"jo{number}@acme.com", $"00000000{number}"])
            {
                var member = (await rig.ProvisionAsync($"a{number}.{subject.Length}@acme.com", subject)).Value;
                var before = await rig.MadeAsync();
                var done = (
                    await rig.SignInAsync(
                        rig.Who(connection, $"b{number}.{subject.Length}@elsewhere.com", subject) with
                        {
                            HostedDomain = connection.Kind == ConnectionKind.Google ? "acme.com" : null,
                        }
                    )
                ).Done;
                var linked = (await MemberAsync(rig, member.Id)).AccountId is not null;
                var expected = column == "oidc="; // they said so
                if (linked != expected || done != expected || (!expected && before != await rig.MadeAsync()))
                {
                    wrong.Add($"{subject} at {column}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Theory, EachDatabase]
    public async Task An_invitation_fits_a_name_that_the_provider_stands_for_or_calls_the_person_by_with_its_secret_alone(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var connections = await ConnectionsAsync(rig);
        var (wrong, number) = (new List<string>(), 0);
        foreach (var (row, column, expected) in Cells(Invitation))
        {
            var target = $"i{++number}@acme.com";
            var secret = await rig.InviteAsync(target);
            var who = Claim(rig, connections[column], row, target, number);
            var first = await rig.SignInAsync(who, secret);
            var joined = first.Done && (await rig.AcceptAsync(first.Value, secret)).Done;
            if (
                joined != expected
                || (!expected && first.Refusal?.Code != "wrongUserName")
                || (await rig.SignInAsync(Claim(rig, connections[column], row, target, number), secret)).Done != expected
            )
            {
                wrong.Add($"{row} at {column}: {first.Refusal?.Code ?? "signed in"}, joined {joined}");
            }
        }

        Assert.Empty(wrong);
        await rig.Acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_name_typed_as_free_text_is_enough_with_the_link_where_the_workspace_says_so(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        await rig.Acme.ConfigureAsync(c =>
            c with
            {
                Invitations = c.Invitations with { Providers = [IdentityProvider.Any, IdentityProvider.Oidc], NotifyEmail = true },
            }
        );
        var oidc = await rig.OwnAsync(ConnectionKind.Oidc);
        var secret = await rig.InviteAsync("Dan of accounting");
        Assert.Equal("wrongUserName", (await rig.SignInAsync(rig.Who(oidc, "dan"), secret)).Refusal?.Code);
        await rig.Acme.ConfigureAsync(c => c with { Invitations = c.Invitations with { LinkIsEnough = true } });
        var opened = (await rig.SignInAsync(rig.Who(oidc, "dan"), secret)).Value;
        Assert.Equal("Dan of accounting", (await rig.AcceptAsync(opened, secret)).Value.Member.UserName);

        var address = await rig.InviteAsync("jo@acme.com"); // an address is one, whatever the workspace says
        Assert.Equal("wrongUserName", (await rig.SignInAsync(rig.Who(oidc, "eve", "another"), address)).Refusal?.Code);
    }

    [Theory, EachDatabase]
    public async Task A_newcomer_joins_under_a_name_that_the_provider_stands_for_so_that_no_directory_takes_them_for_another(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var own = await rig.OwnAsync(ConnectionKind.Oidc, d => d with { UnknownMayJoin = true });
        var chosen = rig.Who(own, "ceo@acme.com", "eve") with { EmailProven = false };
        Assert.Equal("noProvenName", (await rig.SignInAsync(chosen)).Refusal?.Code);
        var opened = (await rig.SignInAsync(chosen with { Email = "eve@mail.example", EmailProven = true })).Value;
        Assert.Equal("eve@mail.example", (await rig.ReadAsync(opened))!.Member!.UserName);

        var trusted = await rig.OwnAsync(ConnectionKind.Oidc, d => d with { Name = "Ours", UnknownMayJoin = true, TrustsUserNames = true });
        var named = (await rig.SignInAsync(rig.Who(trusted, "ann", "ann-1") with { Email = "ceo@acme.com", EmailProven = false })).Value;
        var ann = (await rig.ReadAsync(named))!.Member!;
        Assert.Equal(("ann", null), (ann.UserName, ann.Email));
    }

    [Theory, EachDatabase]
    public async Task Who_was_linked_before_stays_linked_and_the_admin_reads_why_others_are_not(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var oidc = await rig.OwnAsync(ConnectionKind.Oidc, d => d with { TrustsUserNames = true });
        var member = (await rig.ProvisionAsync("jo@acme.com")).Value;
        Assert.True((await rig.SignInAsync(rig.Who(oidc))).Done);
        var draft = ConnectionDraft.Of(oidc) with { TrustsUserNames = false };
        _ = (
            await new ChangeConnection(rig.Acme.Store).RunAsync(
                Actor.Operator,
                rig.Acme.Id,
                oidc.Id,
                null,
                draft,
                ConnectionRig.Good,
                default
            )
        ).Value;
        Assert.Equal(member.Id, (await rig.ReadAsync((await rig.SignInAsync(rig.Who(oidc))).Value))!.Member!.Id);

        _ = (await rig.ProvisionAsync("ceo@acme.com", "dir-ceo-1")).Value;
        for (var i = 0; i < FailedSignIn.Kept + 3; i++)
        {
            rig.Acme.Clock.Advance(TimeSpan.FromSeconds(1));
            var refusal = (await rig.SignInAsync(rig.Who(oidc, "ceo@acme.com", "eve"))).Refusal!;
            Assert.DoesNotContain("ceo@", refusal.Message, StringComparison.Ordinal);
        }

        var read = new ReadFailedSignIns(rig.Acme.Store);
        var failed = (await read.RunAsync(Actor.Operator, rig.Acme.Id, oidc.Id, default)).Value;
        Assert.Equal((FailedSignIn.Kept + 3, 1), ((int)failed.Count, failed.Last.Count)); // all for one reason
        Assert.Equal(("unknownPerson", rig.Acme.Clock.Now), (failed.Last[0].Kind, failed.Last[0].At));
        Assert.Contains("ceo@acme.com", failed.Last[0].Sentence, StringComparison.Ordinal);
        Assert.Empty((await read.RunAsync(Actor.Operator, default, oidc.Id, default)).Value.Last);
        Assert.Equal("forbidden", (await read.RunAsync(rig.Acme.Directory, rig.Acme.Id, oidc.Id, default)).Refusal?.Code);
    }

    [Fact]
    public async Task User_names_are_trusted_only_where_they_can_be_one_directorys()
    {
        await using var rig = await ConnectionRig.NewAsync(Database.Sqlite);
        var make = new CreateConnection(rig.Acme.Store);
        foreach (
            var (where, draft) in new (bool, ConnectionDraft)[]
            {
                (true, ConnectionRig.Draft(ConnectionKind.Oidc)),
                (false, ConnectionRig.Draft(ConnectionKind.Google) with { Domains = ["acme.com"] }),
                (false, ConnectionRig.Draft(ConnectionKind.Entra)),
                (
                    false,
                    ConnectionRig.Draft(ConnectionKind.Entra) with
                    {
                        Tenants = [ConnectionRig.Tenant, "99999999-2222-4333-8444-555555555555"],
                    }
                ),
                (false, ConnectionRig.Draft(ConnectionKind.Entra) with { Tenants = [RedeemInvitation.ConsumerTenant] }),
            }
        )
        {
            var made = await make.RunAsync(
                Actor.Operator,
                where ? default : rig.Acme.Id,
                draft with
                {
                    TrustsUserNames = true,
                },
                ConnectionRig.Good,
                default
            );
            Assert.Equal("trustsUserNames", made.Refusal?.Field);
        }
    }

    [Fact]
    public async Task The_sub_is_said_to_be_the_externalId_only_of_a_workspaces_own_openid_provider()
    {
        await using var rig = await ConnectionRig.NewAsync(Database.Sqlite);
        var make = new CreateConnection(rig.Acme.Store);
        foreach (
            var (at, draft) in new (Id<Workspace>, ConnectionDraft)[]
            {
                (default, ConnectionRig.Draft(ConnectionKind.Oidc)),
                (rig.Acme.Id, ConnectionRig.Draft(ConnectionKind.Google)),
                (rig.Acme.Id, ConnectionRig.Draft(ConnectionKind.Entra)),
            }
        )
        {
            Assert.Equal(
                "subjectIsExternalId",
                (await make.RunAsync(Actor.Operator, at, draft with { SubjectIsExternalId = true }, ConnectionRig.Good, default))
                    .Refusal
                    ?.Field
            );
            var made = (await make.RunAsync(Actor.Operator, at, draft, ConnectionRig.Good, default)).Value;
            Assert.False(made.SubjectIsExternalId);
        }
    }

    private static async Task<Dictionary<string, IdentityConnection>> ConnectionsAsync(ConnectionRig rig) =>
        new()
        {
            ["pGoogle"] = await rig.PlatformAsync(ConnectionKind.Google),
            ["pEntra"] = await rig.PlatformAsync(ConnectionKind.Entra),
            ["pOidc"] = await rig.PlatformAsync(ConnectionKind.Oidc),
            ["google"] = await rig.OwnAsync(ConnectionKind.Google, d => d with { Domains = ["acme.com"] }),
            ["entra"] = await rig.OwnAsync(
                ConnectionKind.Entra,
                d => d with { Authority = $"https://login.microsoftonline.com/{ConnectionRig.Tenant}/v2.0" }
            ),
            ["oidc"] = await rig.OwnAsync(ConnectionKind.Oidc),
            ["entra+"] = await rig.OwnAsync(ConnectionKind.Entra, d => d with { Tenants = [ConnectionRig.Tenant], TrustsUserNames = true }),
            ["oidc+"] = await rig.OwnAsync(ConnectionKind.Oidc, d => d with { TrustsUserNames = true }),
            ["oidc="] = await rig.OwnAsync(ConnectionKind.Oidc, d => d with { SubjectIsExternalId = true }),
        };

    private static IEnumerable<(string Row, string Column, bool Expected)> Cells(string table) =>
        from line in table.Split('\n')
        from cell in Columns.Split(' ').Zip(line[28..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        select (line[..28].Trim(), cell.First, cell.Second == "yes");

    /// <summary>An identity of nobody, of which one claim or all of them name the target.</summary>
    private static ProvenIdentity Claim(ConnectionRig rig, IdentityConnection connection, string row, string target, int number)
    {
        var all = row.StartsWith("all", StringComparison.Ordinal);
        var entra = connection.Kind == ConnectionKind.Entra;
        var nobody = rig.Who(
            connection,
            $"nobody{number}@acme.com",
            entra ? new Guid(number, 7, 7, new byte[8]).ToString() : $"10000000000000000{number:D4}"
        ) with
        {
            EmailProven = false,
        };
        return nobody with
        {
            UserName = all || row == "user name" ? target : nobody.UserName,
            Email = all || row.StartsWith("mail", StringComparison.Ordinal) ? target : nobody.Email,
            EmailProven = all || row == "mail, verified",
            PrincipalName = entra && (all || row == "upn") ? target : null,
            DisplayName = all || row == "names" ? target : null,
            GivenName = all || row == "names" ? target : null,
            FamilyName = all || row == "names" ? target : null,
            IsGuest = entra && row.EndsWith("guest", StringComparison.Ordinal),
            TenantId =
                !entra ? null
                : row.EndsWith("other tenant", StringComparison.Ordinal) ? "99999999-2222-4333-8444-555555555555"
                : ConnectionRig.Tenant,
            HostedDomain =
                connection.Kind == ConnectionKind.Google && !row.EndsWith("no hosted domain", StringComparison.Ordinal) ? "acme.com" : null,
        };
    }

    private static async Task<Member> ThereAsync(ConnectionRig rig, string row, string target, ProvenIdentity who)
    {
        var externalId = row switch
        {
            _ when row.StartsWith("subject", StringComparison.Ordinal) => who.Subject,
            "all, another's externalId" => who.Kind == ConnectionKind.Entra
                ? Guid.CreateVersion7().ToString()
                : $"20000000000000000{who.Subject[17..]}",
            "all, externalId is the name" => target[..target.IndexOf('@', StringComparison.Ordinal)],
            _ => null,
        };
        if (row.EndsWith("no directory", StringComparison.Ordinal))
        {
            return (await rig.Acme.JoinAsync(target))!;
        }

        if (row.EndsWith("invited only", StringComparison.Ordinal))
        {
            await rig.InviteAsync(target);
            await using var db = rig.Acme.Store.Read();
            return await db.Members.AsNoTracking().SingleAsync(m => m.UserName == target);
        }

        var member = (await rig.ProvisionAsync(target, externalId, active: !row.EndsWith("switched off", StringComparison.Ordinal))).Value;
        if (row.EndsWith("linked already", StringComparison.Ordinal))
        {
            var secret = await rig.InviteAsync(target);
            var theirs = await rig.PlatformAsync(ConnectionKind.Oidc);
            _ = (await rig.AcceptAsync((await rig.SignInAsync(rig.Who(theirs, target, "theirs" + target), secret)).Value, secret)).Value;
        }

        return await MemberAsync(rig, member.Id);
    }

    private static async Task<Member> MemberAsync(ConnectionRig rig, Id<Member> id)
    {
        await using var db = rig.Acme.Store.Read();
        return await db.Members.AsNoTracking().SingleAsync(m => m.Id == id);
    }
}
