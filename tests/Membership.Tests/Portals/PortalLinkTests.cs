using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Tests.Connections;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Portals;

/// <summary>Links by which somebody without an account sets a workspace up, and nothing beside.</summary>
public sealed class PortalLinkTests
{
    private const PortalScopes All = PortalScopes.Directory | PortalScopes.SignIn | PortalScopes.Domain;

    [Theory, EachDatabase]
    public async Task An_admin_makes_a_link_that_ends_is_revoked_and_holds_no_longer_than_they_do(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        var admin = acme.As(boss);
        var other = await acme.JoinAsync("other@acme.test", "admin");
        var recognize = new RecognizePortalLink(acme.Store);
        foreach (
            var (draft, code) in new (PortalLinkDraft, string)[]
            {
                (new("", All), "invalidNote"),
                (new(new string('x', 101), All), "invalidNote"),
                (new("Jo", PortalScopes.None), "invalidOpens"),
                (new("Jo", All, 0), "invalidDays"),
                (new("Jo", All, 31), "invalidDays"),
                (new("Jo", All, 7, "nobody"), "invalidMailTo"),
            }
        )
        {
            Assert.Equal(code, (await MakeAsync(acme, admin, draft)).Refusal?.Code);
        }

        Assert.Equal("signInAgain", (await MakeAsync(acme, admin with { FreshUntil = null })).Refusal?.Code);
        Assert.Equal("peopleOnly", (await MakeAsync(acme, admin with { Kind = ActorKind.ApiKey, Member = null })).Refusal?.Code);
        var half = admin with { Permissions = new HashSet<string> { Permission.ManageDirectory } };
        Assert.Equal("forbidden", (await MakeAsync(acme, half)).Refusal?.Code); // nobody lends what they have not
        Assert.True((await MakeAsync(acme, half, new("Jo", PortalScopes.Directory))).Done);
        Assert.Equal("forbidden", (await MakeAsync(acme, acme.Directory)).Refusal?.Code);

        var made = (await MakeAsync(acme, admin, new("Jo of IT", All, 7, "jo@acme.test"))).Value;
        Assert.NotEqual(made.Secret, Convert.ToBase64String(made.Row.TokenHash));
        var visitor = (await recognize.BySecretAsync(made.Secret, default)).Value;
        Assert.Equal((All, "boss@acme.test", 0), (visitor.Actor.Opens, visitor.MadeBy, visitor.Actor.Permissions.Count));
        Assert.Equal("notFound", (await recognize.BySecretAsync(Secret.New(), default)).Refusal?.Code);
        Assert.Equal("portalClosed", (await recognize.ByIdAsync(Id<PortalLink>.New(TimeProvider.System), default)).Refusal?.Code);
        Assert.True((await recognize.ByIdAsync(made.Row.Id, default)).Done);
        var listed = (await new ListPortalLinks(acme.Store).RunAsync(admin, acme.Id, default)).Value;
        Assert.Equal(["Jo of IT", "Jo"], listed.Select(l => l.Row.Note));
        Assert.NotNull(listed[0].Row.LastUsedAt);
        await using (var db = acme.Store.Read())
        {
            Assert.Equal(1, await db.OutboxMessages.CountAsync(m => m.Kind == "portalLink.mail" && m.About == made.Row.Id.Value));
        }

        // who made it is suspended, and back again
        await new SuspendMember(acme.Store).RunAsync(acme.As(other), acme.Id, boss.Id, default);
        Assert.Equal("portalClosed", (await recognize.ByIdAsync(made.Row.Id, default)).Refusal?.Code);
        Assert.False((await new ListPortalLinks(acme.Store).RunAsync(acme.As(other), acme.Id, default)).Value[0].IsLive);
        await new RestoreMember(acme.Store).RunAsync(acme.As(other), acme.Id, boss.Id, default);
        Assert.True((await recognize.ByIdAsync(made.Row.Id, default)).Done);
        await acme.AssignAsync(Actor.Operator, boss.Id, "member"); // and may not do the same any more
        Assert.Equal("portalClosed", (await recognize.ByIdAsync(made.Row.Id, default)).Refusal?.Code);
        await acme.AssignAsync(Actor.Operator, boss.Id, "admin");

        var revoke = new RevokePortalLink(acme.Store);
        Assert.NotNull((await revoke.RunAsync(acme.As(other), acme.Id, made.Row.Id, default)).Value.RevokedAt);
        Assert.True((await revoke.RunAsync(acme.As(other), acme.Id, made.Row.Id, default)).Done);
        Assert.Contains("taken back", (await recognize.ByIdAsync(made.Row.Id, default)).Refusal!.Message, StringComparison.Ordinal);
        var brief = (await MakeAsync(acme, Actor.Operator, new("Jo", All, 1))).Value;
        acme.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Contains("expired", (await recognize.BySecretAsync(brief.Secret, default)).Refusal!.Message, StringComparison.Ordinal);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_link_opens_what_it_names_and_nothing_else(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var other = await acme.OtherAsync();
        var admin = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var person = await acme.AddAsync("person");
        var (store, id) = (acme.Store, acme.Id);
        var foreign = (await new CreateScimCredential(store).RunAsync(admin, id, "By an admin", null, default)).Value.Credential;
        var connection = (
            await new CreateConnection(store).RunAsync(admin, id, ConnectionRig.Draft(ConnectionKind.Oidc), ConnectionRig.Good, default)
        ).Value;
        var domain = (await new ClaimEmailDomain(store).RunAsync(admin, id, "acme.test", default)).Value;
        var parts = new (PortalScopes Part, Func<Actor, Id<Workspace>, Task<Refusal?>> Act)[]
        {
            (PortalScopes.Directory, async (a, w) => (await new DirectoryPage(store).RunAsync(a, w, default)).Refusal),
            (PortalScopes.Directory, async (a, w) => (await new ListProvisioning(store).RunAsync(a, w, new(), null, 5, default)).Refusal),
            (PortalScopes.Directory, async (a, w) => (await new ListDirectoryConcerns(store).RunAsync(a, w, default)).Refusal),
            (PortalScopes.Directory, async (a, w) => (await new CreateScimCredential(store).RunAsync(a, w, "Okta", null, default)).Refusal),
            (PortalScopes.SignIn, async (a, w) => (await new ListConnections(store).RunAsync(a, w, default)).Refusal),
            (
                PortalScopes.SignIn,
                async (a, w) =>
                    (
                        await new CheckConnection(store).RunAsync(
                            a,
                            w,
                            null,
                            ConnectionRig.Draft(ConnectionKind.Oidc),
                            ConnectionRig.Good,
                            default
                        )
                    ).Refusal
            ),
            (PortalScopes.Domain, async (a, w) => (await new ListEmailDomains(store).RunAsync(a, w, default)).Refusal),
            (PortalScopes.Domain, async (a, w) => (await new ClaimEmailDomain(store).RunAsync(a, w, $"{a.Opens:D}.test", default)).Refusal),
        };
        var shut = new (string Name, Func<Actor, Task<Refusal?>> Act)[]
        {
            ("revoke an admin's token", async a => (await new RevokeScimCredential(store).RunAsync(a, id, foreign.Id, default)).Refusal),
            ("look at programs", async a => (await new DirectoryPage(store).ProgramsAsync(a, id, default)).Refusal),
            ("export the log", async a => (await new ExportProvisioning(store).RunAsync(a, id, new(), default)).Refusal),
            ("read cycles", async a => (await new ListCycles(store).RunAsync(a, id, null, 5, default)).Refusal),
            ("read about somebody", async a => (await new ListProvisioning(store).AboutAsync(a, person, 5, default)).Refusal),
            ("list rules", async a => (await new ListRules(store).RunAsync(a, id, default)).Refusal),
            ("look at connections", async a => (await new ConnectionPage(store).RunAsync(a, id, default)).Refusal),
            ("remove a connection", async a => (await new RemoveConnection(store).RunAsync(a, id, connection.Id, default)).Refusal),
            ("read failed sign-ins", async a => (await new ReadFailedSignIns(store).RunAsync(a, id, connection.Id, default)).Refusal),
            (
                "change what a domain opens",
                async a => (await new ChangeEmailDomain(store).RunAsync(a, id, domain.Id, DomainJoin.Automatic, null, default)).Refusal
            ),
            ("remove a domain", async a => (await new RemoveEmailDomain(store).RunAsync(a, id, domain.Id, default)).Refusal),
            ("make a link", async a => (await MakeAsync(acme, a)).Refusal),
            ("list links", async a => (await new ListPortalLinks(store).RunAsync(a, id, default)).Refusal),
            ("make a key", async a => (await new CreateApiKey(store).RunAsync(a, id, "k", "admin", TimeSpan.FromDays(1), default)).Refusal),
            ("list keys", async a => (await new ListApiKeys(store).RunAsync(a, id, default)).Refusal),
            ("list people", async a => (await new MemberList(store).RunAsync(a, id, new(), default)).Refusal),
            (
                "provision",
                async a => (await new ProvisionMember(store).RunAsync(a, id, new() { UserName = "x@acme.test" }, default)).Refusal
            ),
            ("suspend", async a => (await new SuspendMember(store).RunAsync(a, id, person.Id, default)).Refusal),
            ("make a group", async a => (await new CreateGroup(store).RunAsync(a, id, new() { DisplayName = "G" }, [], default)).Refusal),
            ("invite", async a => (await new InvitePeople(store).RunAsync(a, id, new() { UserNames = ["x@acme.test"] }, default)).Refusal),
            (
                "configure",
                async a => (await new ChangeConfiguration(store).RunAsync(a, id, 1, acme.Workspace.Configuration, default)).Refusal
            ),
            ("read the audit log", async a => (await new AuditList(store).RunAsync(a, id, null, null, null, 5, default)).Refusal),
        };
        foreach (var opens in new[] { PortalScopes.Directory, PortalScopes.SignIn, PortalScopes.Domain })
        {
            var made = (await MakeAsync(acme, admin, new($"Jo {opens}", opens))).Value;
            var link = (await new OpenPortalLink(store).RunAsync(made.Secret, default)).Value.Actor;
            foreach (var (part, act) in parts)
            {
                Assert.Equal(part == opens ? null : "forbidden", (await act(link, id))?.Code);
                Assert.Equal("notFound", (await act(link, other.Id))?.Code);
            }

            foreach (var (name, act) in shut)
            {
                Assert.True((await act(link))?.Code is "forbidden" or "notFound", $"{opens} may {name}");
            }
        }

        var lines = (await acme.AuditAsync()).Where(l => l.ActorKind == ActorKind.PortalLink && !l.Refused).ToList();
        Assert.All(lines, l => Assert.StartsWith("portal link of boss@acme.test (Jo ", l.ActorName, StringComparison.Ordinal));
        Assert.Equal(
            ["emailDomain.claimed", "portalLink.opened", "portalLink.opened", "portalLink.opened", "scimToken.created"],
            lines.Select(l => l.Act).Order(StringComparer.Ordinal)
        );
        Assert.Contains(await acme.AuditAsync(), l => l is { Refused: true, ActorKind: ActorKind.PortalLink });
    }

    [Theory, EachDatabase]
    public async Task A_link_sets_a_provider_up_and_never_says_whom_it_lets_in(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var admin = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var store = acme.Store;
        var link = await OpenAsync(acme, admin);
        var (create, change) = (new CreateConnection(store), new ChangeConnection(store));
        var asked = 0;
        Task<Refusal?> Probe(IdentityConnection connection, CancellationToken ct)
        {
            asked++;
            return Task.FromResult<Refusal?>(null);
        }

        var plain = ConnectionRig.Draft(ConnectionKind.Oidc) with
        {
            UnknownMayJoin = false,
            TrustsUserNames = false,
            SubjectIsExternalId = false,
        };
        ConnectionDraft[] wider =
        [
            plain with
            {
                UnknownMayJoin = true,
            },
            plain with
            {
                TrustsUserNames = true,
            },
            plain with
            {
                SubjectIsExternalId = true,
            },
            plain with
            {
                AllowGuests = true,
            },
            plain with
            {
                AllowPersonalAccounts = true,
            },
            plain with
            {
                Enabled = false,
            },
        ];
        foreach (var draft in wider)
        {
            Assert.Equal("forbidden", (await create.RunAsync(link, acme.Id, draft, Probe, default)).Refusal?.Code);
        }

        var entra = plain with { Kind = ConnectionKind.Entra, Authority = "https://login.microsoftonline.com/organizations/v2.0" };
        Assert.Equal("invalidTenants", (await create.RunAsync(link, acme.Id, entra, Probe, default)).Refusal?.Code);
        var google = plain with { Kind = ConnectionKind.Google, Authority = ConnectionCheck.Google };
        Assert.Equal("invalidDomains", (await create.RunAsync(link, acme.Id, google, Probe, default)).Refusal?.Code);
        Assert.Equal(0, asked); // nothing was dialled for what it may not do

        var own = (await create.RunAsync(link, acme.Id, plain, Probe, default)).Value;
        Assert.Equal((PortalLink.Of(link), true), (own.PortalLinkId, own.Enabled));
        var theirs = (await create.RunAsync(admin, acme.Id, plain, ConnectionRig.Good, default)).Value;
        Assert.Equal([own.Id], (await new ListConnections(store).RunAsync(link, acme.Id, default)).Value.Select(c => c.Id));
        var named = ConnectionDraft.Of(own) with { Name = "Our sign-in" };
        Assert.Equal("notFound", (await change.RunAsync(link, acme.Id, theirs.Id, null, named, Probe, default)).Refusal?.Code);
        foreach (var draft in wider)
        {
            Assert.Equal("forbidden", (await change.RunAsync(link, acme.Id, own.Id, null, draft, Probe, default)).Refusal?.Code);
        }

        // what an admin widened stays, whoever changes the rest
        var widened = named with
        {
            SubjectIsExternalId = true,
        };
        Assert.True((await change.RunAsync(admin, acme.Id, own.Id, null, widened, Probe, default)).Done);
        Assert.Equal("forbidden", (await change.RunAsync(link, acme.Id, own.Id, null, named, Probe, default)).Refusal?.Code);
        Assert.True((await change.RunAsync(link, acme.Id, own.Id, null, widened with { Name = "Sign-in" }, Probe, default)).Done);

        // it is tried without an account, under the policy in force, and is no proof for an admin's change
        var begin = new BeginSignInTest(store);
        Assert.Equal("notFound", (await begin.RunAsync(link, acme.Id, theirs.Id, null, default)).Refusal?.Code);
        var test = (await begin.RunAsync(link, acme.Id, own.Id, null, default)).Value;
        var another = await OpenAsync(acme, admin);
        Assert.Equal("notFound", (await new ReadSignInTest(store).ForLinkAsync(another, acme.Id, test.Id, true, default)).Refusal?.Code);
        Outcome<ProvenIdentity> no = new Refusal(RefusalKind.Forbidden, "issuerMismatch", "The issuer is another.");
        var answered = (await new AnswerSignInTest(store).ForLinkAsync(link, acme.Id, test.Id, no, default)).Value;
        Assert.Equal((false, "issuerMismatch"), (answered.Passed, answered.Result?.Code));
        Assert.Equal("testEnded", (await new AnswerSignInTest(store).ForLinkAsync(link, acme.Id, test.Id, no, default)).Refusal?.Code);
        Assert.Contains(await acme.AuditAsync(), l => l is { Act: "signIn.tried", ActorKind: ActorKind.PortalLink });
    }

    [Theory, EachDatabase]
    public async Task Who_made_a_link_is_erased_from_what_was_done_by_it(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var boss = await acme.JoinAsync("boss@acme.test", "admin");
        await acme.JoinAsync("other@acme.test", "admin");
        var link = await OpenAsync(acme, acme.As(boss));
        Assert.True((await new CreateScimCredential(acme.Store).RunAsync(link, acme.Id, "Entra", null, default)).Done);
        await new RemoveMember(acme.Store).RunAsync(Actor.Operator, acme.Id, boss.Id, default);
        Assert.True((await new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, boss.Id, default)).Done);
        Assert.DoesNotContain(await acme.AuditAsync(), l => l.ActorName.Contains("boss", StringComparison.Ordinal));
        Assert.Equal(
            [Erasure.Name, Erasure.Name],
            (await acme.AuditAsync()).Where(l => l.ActorKind == ActorKind.PortalLink).Select(l => l.ActorName)
        );
    }

    private static Task<Outcome<IssuedPortalLink>> MakeAsync(TestWorkspace acme, Actor actor, PortalLinkDraft? draft = null) =>
        new CreatePortalLink(acme.Store).RunAsync(actor, acme.Id, draft ?? new("Jo", All), default);

    private static async Task<Actor> OpenAsync(TestWorkspace acme, Actor admin) =>
        (await new OpenPortalLink(acme.Store).RunAsync((await MakeAsync(acme, admin)).Value.Secret, default)).Value.Actor;
}
