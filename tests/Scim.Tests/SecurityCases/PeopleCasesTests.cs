using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.SecurityCases;

/// <summary>
/// What a directory must not be able to do to people and accounts. The others of S1 to S25 stand beside what they test; each name begins
/// with its case.
/// </summary>
public class PeopleCasesTests
{
    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:User";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task S01_bulk_group_members_and_managers_cannot_name_another_workspaces_people(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var foreign = await ForeignAsync(server);
        var group = await server.GroupAsync("G");
        var answer = await server.SendAsync(
            "POST",
            "/Bulk",
            $$$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
             {"method":"DELETE","path":"/Users/{{{foreign}}}"},
             {"method":"PATCH","path":"/Users/{{{foreign}}}","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"x"}]}},
             {"method":"PUT","path":"/Users/{{{foreign}}}","data":{"schemas":["{{{Core}}}"],"userName":"x"}}]}
            """
        );
        Assert.Equal(["404", "404", "404"], answer.Json["Operations"]!.AsArray().Select(o => o!["status"]!.GetValue<string>()));
        await server.PatchAsync("/Groups/" + group, $$"""{"op":"add","path":"members","value":[{"value":"{{foreign}}"}]}""");
        Assert.Empty((await server.SendAsync("GET", "/Groups/" + group)).Json["members"]!.AsArray());
        foreach (
            var path in (string[])
                [
                    $"/Groups?filter=members eq \"{foreign}\"",
                    $"/Users?filter=not (userName eq \"x\") and id eq \"{foreign}\"",
                    $"/Users?filter=id ne \"{Guid.Empty}\" or id eq \"{foreign}\"",
                    "/?filter=userName pr",
                ]
        )
        {
            Assert.Equal(0, (await server.SendAsync("GET", path)).Json["totalResults"]!.GetValue<int>());
        }

        await using var db = server.Store.Read();
        Assert.Equal("f@globex.example", (await db.Members.SingleAsync(Ct)).UserName);
    }

    [Theory, EachDatabase]
    public async Task S02_somebody_whose_address_is_known_elsewhere_is_a_new_person_here(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var foreign = await ForeignAsync(server);
        var mine = await server.UserAsync("f@globex.example", ",\"displayName\":\"Another\",\"emails\":[{\"value\":\"f@globex.example\"}]");
        Assert.NotEqual(foreign, mine);
        await using var db = server.Store.Read();
        var people = await db.Members.OrderBy(m => m.Id).ToListAsync(Ct);
        Assert.Equal(["Foreign", "Another"], people.Select(m => m.DisplayName));
        Assert.All(people, m => Assert.Null(m.AccountId));
    }

    [Theory, EachDatabase]
    public async Task S03_an_external_id_is_opaque_and_never_an_id_of_ours(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var first = await server.UserAsync("first@example.com");
        foreach (var external in (string[])["1", first, "../../" + first, "a/b?c#d", "' or 1=1"])
        {
            var made = await server.SendAsync(
                "POST",
                "/Users",
                $$"""{"schemas":["{{Core}}"],"userName":"u{{external.Length}}@example.com","id":"{{first}}","externalId":"{{external}}"}"""
            );
            Assert.Equal(201, made.Status);
            Assert.NotEqual(first, made.Json["id"]!.GetValue<string>());
            Assert.Equal(external, made.Json["externalId"]!.GetValue<string>());
        }

        Assert.Equal(404, (await server.SendAsync("GET", "/Users/1")).Status);
        Assert.Equal("first@example.com", (await server.SendAsync("GET", "/Users/" + first)).Json["userName"]!.GetValue<string>());
        var long_ = await server.SendAsync(
            "POST",
            "/Users",
            $$"""{"schemas":["{{Core}}"],"userName":"l@example.com","externalId":"{{new string('x', 10_000)}}"}"""
        );
        Assert.Equal((400, "invalidValue"), (long_.Status, long_.ScimType));
    }

    [Theory, EachDatabase]
    public async Task S04_and_S05_whatever_a_directory_sends_the_account_and_its_address_stay(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var (id, account, _) = await PersonAsync(server, "ada@example.com");

        // first contact by name adopts and changes the membership, never the account
        Assert.Equal(
            409,
            (
                await server.SendAsync("POST", "/Users", $$"""{"schemas":["{{Core}}"],"userName":"ADA@example.com","displayName":"Evil"}""")
            ).Status
        );
        foreach (
            var answer in new[]
            {
                await server.SendAsync(
                    "PUT",
                    "/Users/" + id,
                    $$"""{"schemas":["{{Core}}"],"userName":"evil@evil.example","displayName":"Evil","emails":[{"value":"evil@evil.example","primary":true}],"password":"x"}"""
                ),
                await server.PatchAsync(
                    "/Users/" + id,
                    """{"op":"replace","path":"emails","value":[{"value":"more@evil.example"}]},{"op":"replace","path":"accountId","value":"x"}"""
                ),
            }
        )
        {
            Assert.Equal(200, answer.Status);
        }

        await using var db = server.Store.Read();
        Assert.Equal(account, await db.Accounts.SingleAsync(Ct));
        Assert.Equal(account.Id, (await db.Members.SingleAsync(Ct)).AccountId);
        Assert.False(await db.LocalCredentials.AnyAsync(Ct));
    }

    [Theory, EachDatabase]
    public async Task S07_and_S08_a_token_is_made_by_those_who_may_random_and_kept_as_a_hash(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var member = new Actor
        {
            Kind = ActorKind.Member,
            Door = Door.Page,
            Name = "m",
            Workspace = server.Workspace.Id,
            Permissions = new HashSet<string> { Permission.ReadMembers, Permission.ManageMembers },
        };
        Assert.Equal(
            RefusalKind.Forbidden,
            (await new CreateScimCredential(server.Store).RunAsync(member, server.Workspace.Id, "mine", null, Ct)).Refusal!.Kind
        );
        Assert.Equal(
            RefusalKind.Forbidden,
            (await new DirectoryPage(server.Store).RunAsync(member, server.Workspace.Id, Ct)).Refusal!.Kind
        );
        var directory = member with { Kind = ActorKind.Directory, Permissions = Actor.DirectoryPermissions };
        Assert.Equal(
            RefusalKind.Forbidden,
            (await new CreateScimCredential(server.Store).RunAsync(directory, server.Workspace.Id, "mine", null, Ct)).Refusal!.Kind
        );

        Assert.True(server.Token.Length - CreateScimCredential.Prefix.Length >= 43, "256 bits at least");
        await using var db = server.Store.Read();
        var kept = await db.ScimCredentials.SingleAsync(Ct);
        // found by its hash: nothing is compared that could take longer
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(server.Token)), kept.TokenHash);
        var other = (await server.WorkspaceAsync("globex")).Token;
        Assert.True(server.Token.Zip(other).Count(p => p.First == p.Second) < CreateScimCredential.Prefix.Length + 12);
    }

    [Theory, EachDatabase]
    public async Task S17_what_nobody_may_write_is_passed_over_or_refused(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var made = await server.SendAsync(
            "POST",
            "/Users",
            $$$"""
            {"schemas":["{{{Core}}}"],"userName":"m@example.com","id":"1","meta":{"version":"W/\"99\""},"groups":[{"value":"admins"}],"roles":[{"value":"admin","primary":true}],"role":"admin","seat":true,
             "entitlements":[{"value":"everything"}],"urn:usermanagement:params:scim:schemas:extension:membership:2.0:User":{"role":"owner","seat":true,"state":"removed"},"passwordHash":"x"}
            """
        );
        Assert.Equal(201, made.Status);
        var id = made.Json["id"]!.GetValue<string>();
        foreach (
            var path in (string[])
                ["id", "meta.version", "groups", "urn:usermanagement:params:scim:schemas:extension:membership:2.0:User:role"]
        )
        {
            Assert.Equal(
                "mutability",
                (await server.PatchAsync("/Users/" + id, $$"""{"op":"replace","path":"{{path}}","value":"x"}""")).ScimType
            );
        }

        await using var db = server.Store.Read();
        var member = await db.Members.SingleAsync(Ct);
        Assert.Equal(("member", MemberState.Active, 1L), (member.Role, member.State, member.Version));
        Assert.False(await db.GroupMembers.AnyAsync(Ct));
    }

    [Theory, EachDatabase]
    public async Task S18_a_group_that_is_called_like_the_admins_gives_no_rights(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var id = await server.UserAsync("m@example.com");
        foreach (var name in (string[])["Admins", "admin", "owner", "Administrators"])
        {
            await server.GroupAsync(name, id);
        }

        var nested = await server.GroupAsync("Outer", id);
        await server.PatchAsync("/Groups/" + nested, $$"""{"op":"add","path":"members","value":[{"value":"{{nested}}","type":"Group"}]}""");
        Assert.Single((await server.SendAsync("GET", "/Groups/" + nested)).Json["members"]!.AsArray());
        await using var db = server.Store.Read();
        Assert.Equal("member", (await db.Members.SingleAsync(Ct)).Role);
    }

    [Theory, EachDatabase]
    public async Task S19_who_is_deactivated_or_deleted_is_out_at_once_and_frees_one_seat(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var (id, _, secret) = await PersonAsync(server, "ada@example.com");
        var read = new ReadSession(server.Store);
        async Task<(bool In, long Seats)> LookAsync()
        {
            await using var db = server.Store.Read();
            return (
                (await read.RunAsync(secret, "acme", Ct))?.Actor is not null,
                (await Counts.ReadAsync(db, server.Workspace.Id, Ct)).Seats.Used
            );
        }

        Assert.Equal((true, 1), await LookAsync());
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(200, (await server.PatchAsync("/Users/" + id, """{"op":"replace","path":"active","value":false}""")).Status);
            Assert.Equal((false, 0), await LookAsync());
        }

        await server.PatchAsync("/Users/" + id, """{"op":"replace","path":"active","value":true}""");
        Assert.Equal((true, 1), await LookAsync());
        Assert.Equal(204, (await server.SendAsync("DELETE", "/Users/" + id)).Status);
        Assert.Equal(404, (await server.SendAsync("DELETE", "/Users/" + id)).Status);
        Assert.Equal((false, 0), await LookAsync());
    }

    [Theory, EachDatabase]
    public async Task S20_an_id_is_never_used_again(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var first = await server.UserAsync("ada@example.com");
        await server.SendAsync("DELETE", "/Users/" + first);
        var made = await server.SendAsync("POST", "/Users", $$"""{"schemas":["{{Core}}"],"userName":"ada@example.com","id":"{{first}}"}""");
        Assert.Equal(201, made.Status);
        Assert.NotEqual(first, made.Json["id"]!.GetValue<string>());
        foreach (var method in (string[])["GET", "DELETE"])
        {
            Assert.Equal(404, (await server.SendAsync(method, "/Users/" + first)).Status);
        }

        Assert.Equal(0, (await server.SendAsync("GET", $"/Users?filter=id eq \"{first}\"")).Json["totalResults"]!.GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task S21_a_user_name_in_another_case_or_width_is_the_same(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var id = await server.UserAsync("ada@example.com");
        var bob = await server.UserAsync("bob@example.com");
        foreach (var name in (string[])["ADA@EXAMPLE.COM", "Ada@Example.com", "ａda@example.com", " ada@example.com "])
        {
            var post = await server.SendAsync("POST", "/Users", $$"""{"schemas":["{{Core}}"],"userName":"{{name}}"}""");
            Assert.Equal((409, "uniqueness"), (post.Status, post.ScimType));
            var patch = await server.PatchAsync("/Users/" + bob, $$"""{"op":"replace","path":"userName","value":"{{name}}"}""");
            Assert.Equal((409, "uniqueness"), (patch.Status, patch.ScimType));
            Assert.Equal(
                id,
                (await server.SendAsync("GET", "/Users?filter=" + Uri.EscapeDataString($"userName eq \"{name}\""))).Json["Resources"]![0]![
                    "id"
                ]!.GetValue<string>()
            );
        }
    }

    [Theory, EachDatabase]
    public async Task S22_a_password_is_kept_nowhere(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        const string secret = "hunter2-hunter2";
        var id = await server.UserAsync("ada@example.com", $",\"password\":\"{secret}\"");
        await server.PatchAsync("/Users/" + id, $$"""{"op":"replace","path":"password","value":"{{secret}}"}""");
        await server.PatchAsync("/Users/" + id, $$$"""{"op":"replace","value":{"password":"{{{secret}}}","title":"T"}}""");
        Assert.DoesNotContain(
            "password",
            (await server.SendAsync("GET", $"/Users/{id}?attributes=password,userName")).Text,
            StringComparison.Ordinal
        );
        Assert.Equal(403, (await server.SendAsync("GET", $"/Users?filter=password eq \"{secret}\"")).Status);
        Assert.Equal(403, (await server.SendAsync("GET", "/Users?sortBy=password")).Status);
        Assert.DoesNotContain(server.Log.All, line => line.Contains(secret, StringComparison.Ordinal));
        await using var db = server.Store.Read();
        Assert.DoesNotContain(secret, (await db.Members.SingleAsync(Ct)).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(await db.AuditEntries.ToListAsync(Ct), a => a.ToString().Contains(secret, StringComparison.Ordinal));
    }

    private static async Task<string> ForeignAsync(DoorServer server)
    {
        var (globex, _) = await server.WorkspaceAsync("globex");
        var directory = new Actor
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "globex",
            Workspace = globex.Id,
            Permissions = Actor.DirectoryPermissions,
        };
        return (
            await new ProvisionMember(server.Store).RunAsync(
                directory,
                globex.Id,
                new MemberAttributes
                {
                    UserName = "f@globex.example",
                    Email = "f@globex.example",
                    DisplayName = "Foreign",
                },
                Ct
            )
        ).Value.Id.ToString();
    }

    /// <summary>A member with an account and a session, as a sign-in leaves them.</summary>
    private static async Task<(string Id, Account Account, string Secret)> PersonAsync(DoorServer server, string userName)
    {
        var id = await server.UserAsync(userName);
        Assert.True(Id<Member>.TryParse(id, out var member));
        var now = server.Store.Time.Now();
        var account = new Account
        {
            Id = Id<Account>.New(TimeProvider.System),
            DisplayName = "Ada",
            Email = userName,
            ProvenEmailKey = userName,
            CreatedAt = now,
            Version = 1,
        };
        var secret = Secret.New();
        await using var db = server.Store.Read();
        db.Add(account);
        db.Add(
            new Session
            {
                Id = Id<Session>.New(TimeProvider.System),
                AccountId = account.Id,
                SecretHash = Secret.Hash(secret),
                SignedInBy = "password",
                CreatedAt = now,
                AuthenticatedAt = now,
                ExpiresAt = now.AddDays(1),
            }
        );
        await db.SaveChangesAsync(Ct);
        await db.Members.Where(m => m.Id == member).ExecuteUpdateAsync(set => set.SetProperty(m => m.AccountId, account.Id), Ct);
        return (id, account, secret);
    }
}
