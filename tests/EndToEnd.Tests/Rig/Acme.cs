using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>
/// A workspace as a company of sixty has it, shared by tests that only read: people of the directory, people with
/// accounts, invitations in each state, groups, somebody suspended, somebody removed. The clock stands still.
/// </summary>
public sealed class Acme(BrowserSession browser) : IAsyncLifetime
{
    /// <summary>The tests that share it, by <c>[Collection(nameof(Acme))]</c>.</summary>
    [CollectionDefinition(nameof(Acme))]
    public sealed class Readers : ICollectionFixture<Acme>;

    private static readonly string[] Given =
    [
        "Amara",
        "Bruno",
        "Chiara",
        "Dmitri",
        "Elena",
        "Farid",
        "Greta",
        "Hiro",
        "Ines",
        "Jonas",
        "Katya",
        "Liam",
        "Mei",
        "Nadia",
        "Oskar",
        "Priya",
        "Quentin",
        "Rosa",
        "Samir",
        "Tove",
        "Umar",
        "Vera",
        "Wei",
        "Ximena",
        "Yusuf",
        "Zofia",
        "Anouk",
        "Benedikt",
    ];

    private static readonly string[] Family =
    [
        "Okafor",
        "Silva",
        "Conti",
        "Volkov",
        "García",
        "Haddad",
        "Lindqvist",
        "Tanaka",
        "Moreau",
        "Weber",
        "Novák",
        "Byrne",
        "Chen",
        "Rahman",
        "Berg",
        "Nair",
        "Dubois",
        "Ferrari",
        "Khalil",
        "Hansen",
        "Sesay",
        "Marković",
        "Zhang",
        "Torres",
        "Demir",
        "Kowalska",
        "Jansen",
        "Huber",
    ];

    /// <summary>The site.</summary>
    public Site Site { get; private set; } = null!;

    /// <summary>The first admin, who looks at it.</summary>
    public Member Ada { get; private set; } = null!;

    /// <summary>Somebody with an account, a group and an invitation that was accepted.</summary>
    public Member Grace { get; private set; } = null!;

    /// <summary>Somebody of the directory whom an admin gave another role.</summary>
    public Member Amara { get; private set; } = null!;

    /// <summary>Somebody who is suspended.</summary>
    public Member Suspended { get; private set; } = null!;

    /// <summary>Somebody with a name of 120 characters.</summary>
    public Member LongNamed { get; private set; } = null!;

    /// <summary>An open invitation.</summary>
    public IssuedInvitation Open { get; private set; } = null!;

    /// <summary>Links of invitations that are over, by what became of them.</summary>
    public Dictionary<string, string> Closed { get; } = [];

    /// <summary>The link of an admin who has not entered yet, into another workspace.</summary>
    public string AdminLink { get; private set; } = null!;

    /// <summary>An open invitation for Google alone.</summary>
    public IssuedInvitation Google { get; private set; } = null!;

    /// <summary>A group of the directory, and one that was made here.</summary>
    public (string Directory, string Own) Groups { get; private set; }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var clock = new HandClock(now.AddDays(-30));
        Site = await Site.StartAsync(browser, Database.Sqlite, time: clock);
        var (_, ada) = await Site.JoinAsync("ada@example.com", "admin", "Ada", "Lovelace");
        Ada = ada;
        await Site.JoinAsync("edsger@example.com", "admin", "Edsger", "Dijkstra");
        Closed["expired"] = (await Site.InviteAsync("late@example.com")).LinkSecret;
        var admin = Actor.Operator with { Name = "Ada Lovelace", Door = Door.Page };

        var people = new List<Member>();
        for (var i = 0; i < 48; i++)
        {
            var (given, family) = (Given[i % Given.Length], Family[(i * 5 + i / Given.Length) % Family.Length]);
            people.Add(await Site.ProvisionAsync($"{given}.{family}@example.com".ToLowerInvariant(), given, family, active: i != 47));
        }

        Amara = people[0];
        LongNamed = await Site.ProvisionAsync(
            $"{new string('x', 60)}.of.a.very.long.department.name@subsidiary.example.com",
            "Maximiliana-Alexandra Wilhelmina",
            "Featherstonehaugh-Cholmondeley von und zu Hohenlohe-Schillingsfürst of Ratibor and Corvey"
        );
        await Site.ProvisionAsync("layla@example.com", "ليلى", "الزهراوي");
        clock.MoveTo(now.AddDays(-4));

        Groups = (
            (await Site.GroupAsync("Engineering", people.Take(14))).Id.ToString(),
            (await Site.GroupAsync("Launch team", [Amara, people[3], people[4], ada], admin)).Id.ToString()
        );
        await Site.GroupAsync("Design", people.Skip(10).Take(6));
        await Site.GroupAsync("Sales and partner success, Europe, Middle East and Africa", people.Skip(20).Take(9).Append(LongNamed));
        var (_, grace) = await Site.JoinAsync("grace@example.com", "member", "Grace", "Hopper");
        Grace = grace;
        Closed["accepted"] = (await Site.InviteAsync("barbara@example.com")).LinkSecret;
        await AcceptAsync(Closed["accepted"], "barbara@example.com", "Barbara", "Liskov");
        var revoked = await Site.InviteAsync("wrong@example.com");
        Closed["revoked"] = revoked.LinkSecret;
        await Site.Server.Service<RevokeInvitation>().RunAsync(admin, Site.Workspace.Id, revoked.Invitation.Id, default);
        Open = await Site.InviteAsync("alan@example.com", "viewer");
        var fabrikam = await Site.NewWorkspaceAsync(Site.Server, "fabrikam", "Fabrikam", "provider");
        AdminLink = Site.Server.Links.AdminSignIn(
            (
                await new Membership.Accounts.InviteAdmin(Site.Server.Store).RunAsync(
                    Actor.Operator,
                    fabrikam.Id,
                    "edith@example.com",
                    TimeSpan.FromDays(5),
                    default
                )
            ).Value
        );
        Google = await Site.InviteAsync("dorothy@example.com", null, IdentityProvider.Google, fabrikam);
        await Site.InviteAsync("a.rather.long.address.of.somebody.new@subsidiary.of.a.company.example.com");

        Suspended = people[9];
        await Site.Server.Service<SuspendMember>().RunAsync(admin, Site.Workspace.Id, Suspended.Id, default);
        await Site.Server.Service<RemoveMember>().RunAsync(admin, Site.Workspace.Id, people[11].Id, default);
        await Site.Server.Service<Membership.Roles.AssignRole>().RunAsync(admin, Site.Workspace.Id, Amara.Id, "admin", default);
        clock.MoveTo(now);
        for (var i = 0; i < 40; i += 3)
        {
            await Site.SeenAsync(people[i], TimeSpan.FromMinutes(7 + 61 * i * i));
        }

        await Site.SeenAsync(grace, TimeSpan.FromMinutes(4));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Site.DisposeAsync();

    private async Task AcceptAsync(string secret, string email, string givenName, string familyName)
    {
        var opened = await Site
            .Server.Service<Membership.Accounts.CreateLocalAccount>()
            .RunAsync(secret, email, $"{givenName} {familyName}", Site.Password, Membership.Accounts.Browser.Unknown, default);
        var who = await Site.Server.Service<Membership.Accounts.ReadSession>().RunAsync(opened.Value.Secret, null, default);
        await Site.Server.Service<Membership.Accounts.AcceptInvitation>().RunAsync(who!, secret, givenName, familyName, default);
    }
}
