using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Users;

public class UserEndpointsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task S09_of_fifty_identical_creates_at_once_one_makes_the_person_and_the_others_are_duplicates(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        const string body = """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"Same@Example.com"}""";
        var answers = await Rivals.RaceAsync(50, _ => server.SendAsync("POST", "/Users", body));
        Assert.Equal(1, answers.Count(a => a.Required.Status == 201));
        Assert.Equal(49, answers.Count(a => a.Required.Status == 409 && a.Required.ScimType == "uniqueness"));
        await using var db = server.Store.Read();
        Assert.Equal(1, await db.Members.CountAsync(Ct));
        Assert.Equal(1, (await server.SendAsync("GET", "/Users")).Json["totalResults"]!.GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task What_nobody_sees_neither_refuses_a_person_nor_makes_a_second_one(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var made = await server.SendAsync(
            "POST",
            "/Users",
            """
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"\ufeffctl@b\u00fccher.example\u200b","displayName":"Ada Lovelace\t",
            "name":{"givenName":"Ada\u0085","familyName":"Love\u00adlace\n","formatted":"Ada\r\nLovelace\u007f"},"title":"Countess\u0007",
            "emails":[{"value":"\u200bada@corp.example\u0085","type":"work","primary":true},{"value":"a\u200dda@home.example","type":"home"}],"active":true}
            """
        );
        Assert.True(made.Status == 201, made.Text);
        var user = made.Json;
        Assert.Equal(
            "ctl@bücher.example|Ada Lovelace|Ada|Lovelace|Ada  Lovelace|Countess|ada@corp.example|ada@home.example",
            string.Join(
                '|',
                user["userName"],
                user["displayName"],
                user["name"]!["givenName"],
                user["name"]!["familyName"],
                user["name"]!["formatted"],
                user["title"],
                user["emails"]![0]!["value"],
                user["emails"]![1]!["value"]
            )
        );
        var id = user["id"]!.GetValue<string>();
        foreach (
            var filter in (string[])
                [
                    "userName eq \"ctl@xn--bcher-kva.example\"",
                    "userName eq \"CTL\u00AD@BÜCHER.example\"",
                    "displayName eq \"ADA\u00A0 LOVELACE\"",
                    "emails.value eq \"ada@\u200Bcorp.example\"",
                    "emails[type eq \"home\" and value sw \"ＡＤＡ@\"]",
                    "name.familyName co \"love\u200Clace\"",
                ]
        )
        {
            var found = (await server.SendAsync("GET", "/Users?filter=" + Uri.EscapeDataString(filter))).Json;
            Assert.True(found["totalResults"]!.GetValue<int>() == 1 && found["Resources"]![0]!["id"]!.GetValue<string>() == id, filter);
        }

        foreach (
            var (name, status) in ((string, int)[])
                [
                    ("ctl@b\\u00fccher.example\\u2060", 409),
                    ("CTL@xn--bcher-kva.example", 409),
                    ("a\\tb", 400),
                    ("a\\u0085b", 400),
                    ("\\u200b", 400),
                    ("\\ufffe", 400),
                ]
        )
        {
            Assert.Equal(
                status,
                (
                    await server.SendAsync(
                        "POST",
                        "/Users",
                        $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{name}}"}"""
                    )
                ).Status
            );
        }

        var patched = await server.PatchAsync(
            "/Users/" + id,
            """{"op":"replace","path":"emails[type eq \"work\"].value","value":"ada2@corp.example\u200b"}"""
        );
        Assert.Equal("ada2@corp.example", patched.Json["emails"]![0]!["value"]!.GetValue<string>());
        var again = await server.PatchAsync(
            "/Users/" + id,
            """{"op":"add","path":"emails","value":[{"type":"home","value":"ADA@home.example\ufeff"}]}"""
        );
        Assert.Equal((200, 2), (again.Status, again.Json["emails"]!.AsArray().Count)); // the same address
    }

    [Theory, EachDatabase]
    public async Task Rivals_who_patch_different_attributes_of_one_person_lose_nothing(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var id = await server.UserAsync("a@example.com");
        string[] names = ["title", "nickName", "userType", "locale", "timezone", "preferredLanguage", "displayName", "externalId"];
        var answers = await Rivals.RaceAsync(
            names.Length,
            n => server.PatchAsync("/Users/" + id, $$"""{"op":"replace","path":"{{names[n]}}","value":"v{{n}}"}""")
        );
        Assert.All(answers, a => Assert.Equal(200, a.Required.Status));
        var user = (await server.SendAsync("GET", "/Users/" + id)).Json;
        Assert.Equal(names.Select((_, n) => $"v{n}"), names.Select(name => user[name]?.GetValue<string>()));
        Assert.Equal("W/\"9\"", user["meta"]!["version"]!.GetValue<string>());
    }

    [Theory, EachDatabase]
    public async Task S23_of_rivals_with_the_same_entity_tag_one_wins_and_the_others_are_412(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var id = await server.UserAsync("a@example.com");
        var answers = await Rivals.RaceAsync(
            8,
            n =>
                server.PatchAsync(
                    "/Users/" + id,
                    $$"""{"op":"replace","path":"title","value":"v{{n}}"}""",
                    r => r.Headers.TryAddWithoutValidation("If-Match", "W/\"1\"")
                )
        );
        Assert.Equal(1, answers.Count(a => a.Required.Status == 200));
        Assert.Equal(7, answers.Count(a => a.Required.Status == 412));
    }

    [Theory, EachDatabase]
    public async Task S01_another_workspaces_people_are_not_there_by_any_way(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var (globex, _) = await server.WorkspaceAsync("globex");
        var directory = new Actor
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "globex",
            Workspace = globex.Id,
            Permissions = Actor.DirectoryPermissions,
        };
        var foreign = (
            await new ProvisionMember(server.Store).RunAsync(
                directory,
                globex.Id,
                new MemberAttributes
                {
                    UserName = "f@globex.example",
                    ExternalId = "f-1",
                    Email = "f@globex.example",
                    DisplayName = "Foreign",
                },
                Ct
            )
        ).Value;
        var mine = await server.UserAsync(
            "m@example.com",
            $$$""","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"{{{foreign.Id}}}"}}"""
        );
        var group = await server.GroupAsync("G", foreign.Id.ToString(), mine);

        var unknown = await server.SendAsync("GET", "/Users/0198a000-0000-7000-8000-000000000000");
        foreach (
            var (method, body) in new[]
            {
                ("GET", null),
                ("DELETE", null),
                ("PUT", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"z"}"""),
                (
                    "PATCH",
                    """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}"""
                ),
            }
        )
        {
            var answer = await server.SendAsync(method, $"/Users/{foreign.Id}", body);
            Assert.Equal((404, unknown.Text), (answer.Status, answer.Text));
        }

        foreach (
            var filter in new[]
            {
                $"id eq \"{foreign.Id}\"",
                "userName eq \"f@globex.example\"",
                "externalId eq \"f-1\"",
                "emails eq \"f@globex.example\"",
                $"id eq \"{foreign.Id}\" or userName eq \"f@globex.example\"",
                "displayName eq \"foreign\" or externalId eq \"f-1\"",
            }
        )
        {
            Assert.Equal(
                0,
                (await server.SendAsync("GET", "/Users?filter=" + Uri.EscapeDataString(filter))).Json["totalResults"]!.GetValue<int>()
            );
        }

        Assert.Equal(1, (await server.SendAsync("GET", "/Users")).Json["totalResults"]!.GetValue<int>());
        var members = (await server.SendAsync("GET", "/Groups/" + group)).Json["members"]!.AsArray();
        Assert.Equal(mine, Assert.Single(members)!["value"]!.GetValue<string>());
        var manager = (await server.SendAsync("GET", "/Users/" + mine)).Json["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]![
            "manager"
        ]!;
        Assert.Null(manager["displayName"]);
        await using var db = server.Store.Read();
        Assert.Equal(foreign, await db.Members.AsNoTracking().SingleAsync(m => m.Id == foreign.Id, Ct));
    }

    [Theory, EachDatabase]
    public async Task Suspended_and_removed_people_can_still_be_read_and_found(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var removed = await server.UserAsync("removed@example.com");
        var suspended = await server.UserAsync("suspended@example.com");
        Assert.True(Id<Member>.TryParse(removed, out var removedId));
        Assert.True(Id<Member>.TryParse(suspended, out var suspendedId));
        Assert.True((await new RemoveMember(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, removedId, Ct)).Done);
        Assert.True((await new SuspendMember(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, suspendedId, Ct)).Done);
        foreach (var (id, name) in new[] { (removed, "removed"), (suspended, "suspended") })
        {
            var read = await server.SendAsync("GET", "/Users/" + id);
            Assert.Equal(200, read.Status);
            Assert.True(read.Json["active"]!.GetValue<bool>()); // the directory's own word
            Assert.Equal(
                1,
                (await server.SendAsync("GET", $"/Users?filter=userName eq \"{name}@example.com\"")).Json["totalResults"]!.GetValue<int>()
            );
            Assert.Equal(
                409,
                (
                    await server.SendAsync(
                        "POST",
                        "/Users",
                        $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{name}}@example.com"}"""
                    )
                ).Status
            );
            Assert.Equal(200, (await server.PatchAsync("/Users/" + id, """{"op":"replace","path":"active","value":false}""")).Status);
            Assert.Equal(200, (await server.PatchAsync("/Users/" + id, """{"op":"replace","path":"active","value":true}""")).Status);
        }

        await using var db = server.Store.Read();
        Assert.Equal(
            [MemberState.Removed, MemberState.Suspended],
            await db.Members.OrderBy(m => m.Id).Select(m => m.State).ToListAsync(Ct)
        ); // an admin's word outlasts the directory's
        Assert.Equal(2, (await server.SendAsync("GET", "/Users")).Json["totalResults"]!.GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task With_full_seats_people_come_in_without_one_where_the_workspace_downgrades(Database kind)
    {
        await using var server = await DoorServer.StartAsync(
            kind,
            c => c with { Capacity = c.Capacity with { Seats = 1, OnFull = OnFull.Downgrade } }
        );
        await server.UserAsync("first@example.com");
        var second = await server.UserAsync("second@example.com");
        await using var db = server.Store.Read();
        Assert.Equal(
            [("member", true), ("viewer", false)],
            (await db.Members.OrderBy(m => m.Id).ToListAsync(Ct)).Select(m => (m.Role, m.HasSeat))
        );
        Assert.Equal(1, (await Counts.ReadAsync(db, server.Workspace.Id, Ct)).Seats.Used);
        Assert.True((await server.SendAsync("GET", "/Users/" + second)).Json["active"]!.GetValue<bool>());
    }

    [Theory, EachDatabase]
    public async Task With_full_seats_a_workspace_that_refuses_says_403_with_a_sentence_and_not_duplicate(Database kind)
    {
        await using var server = await DoorServer.StartAsync(
            kind,
            c => c with { Capacity = c.Capacity with { Seats = 1, OnFull = OnFull.Refuse } }
        );
        await server.UserAsync("first@example.com");
        var refused = await server.SendAsync(
            "POST",
            "/Users",
            """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"second@example.com"}"""
        );
        Assert.Equal(403, refused.Status);
        Assert.Null(refused.ScimType);
        Assert.Contains("seat", refused.Json["detail"]!.GetValue<string>(), StringComparison.OrdinalIgnoreCase);
        var inactive = await server.UserAsync("second@example.com", ",\"active\":false");
        Assert.Equal(403, (await server.PatchAsync("/Users/" + inactive, """{"op":"replace","path":"active","value":true}""")).Status);
        Assert.False((await server.SendAsync("GET", "/Users/" + inactive)).Json["active"]!.GetValue<bool>());
    }

    [Theory, EachDatabase]
    public async Task Somebody_whom_no_directory_made_shows_the_address_and_can_be_adopted(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var directory = new Actor
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "test",
            Workspace = server.Workspace.Id,
            Permissions = Actor.DirectoryPermissions,
        };
        var member = (
            await new ProvisionMember(server.Store).RunAsync(
                directory,
                server.Workspace.Id,
                new MemberAttributes
                {
                    UserName = "i@example.com",
                    Email = "i@example.com",
                    GivenName = "I",
                    Keys =
                    [
                        FindableBy.AnyCase(MemberKey.Emails, "i@example.com"),
                        FindableBy.AnyCase(MemberKey.Emails + ":work", "i@example.com"),
                    ],
                },
                Ct
            )
        ).Value;
        var read = (await server.SendAsync("GET", $"/Users/{member.Id}")).Json;
        Assert.Equal("""[{"value":"i@example.com","type":"work","primary":true}]""", read["emails"]!.ToJsonString());
        Assert.Equal(200, (await server.PatchAsync($"/Users/{member.Id}", """{"op":"replace","path":"title","value":"T"}""")).Status);
        Assert.Equal(
            """[{"value":"i@example.com","type":"work","primary":true}]""",
            (await server.SendAsync("GET", $"/Users/{member.Id}")).Json["emails"]!.ToJsonString()
        );
        Assert.Equal(
            1,
            (await server.SendAsync("GET", "/Users?filter=emails[type eq \"work\"].value eq \"I@example.com\"")).Json[
                "totalResults"
            ]!.GetValue<int>()
        );
    }

    [Theory, EachDatabase]
    public async Task Pages_follow_one_another_without_gap_or_repeat(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var made = new List<string>();
        for (var i = 0; i < 23; i++)
        {
            made.Add(await server.UserAsync($"u{i}@example.com"));
        }

        Assert.Equal(204, (await server.SendAsync("DELETE", "/Users/" + made[4])).Status);
        made.RemoveAt(4);
        var seen = new List<string>();
        for (var start = 1; start <= 22; start += 5)
        {
            var page = (await server.SendAsync("GET", $"/Users?startIndex={start}&count=5")).Json;
            Assert.Equal(22, page["totalResults"]!.GetValue<int>());
            Assert.Equal(page["Resources"]!.AsArray().Count, page["itemsPerPage"]!.GetValue<int>());
            seen.AddRange(page["Resources"]!.AsArray().Select(r => r!["id"]!.GetValue<string>()));
        }

        Assert.Equal(made, seen);
        var filtered = (
            await server.SendAsync(
                "GET",
                "/Users?count=2&startIndex=2&filter="
                    + Uri.EscapeDataString(string.Join(" or ", made.Take(5).Select(id => $"id eq \"{id}\"")))
            )
        ).Json;
        Assert.Equal(5, filtered["totalResults"]!.GetValue<int>());
        Assert.Equal(made.Skip(1).Take(2), filtered["Resources"]!.AsArray().Select(r => r!["id"]!.GetValue<string>()));
    }

    [Theory, EachDatabase]
    public async Task S18_the_last_admin_cannot_be_shut_out_by_a_directory(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var id = await server.UserAsync("admin@example.com");
        Assert.True(Id<Member>.TryParse(id, out var member));
        await MakeAdminWithAccountAsync(server, member);
        foreach (
            var answer in new[]
            {
                await server.PatchAsync("/Users/" + id, """{"op":"replace","path":"active","value":false}"""),
                await server.SendAsync(
                    "PUT",
                    "/Users/" + id,
                    """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"admin@example.com","active":false}"""
                ),
                await server.SendAsync("DELETE", "/Users/" + id),
            }
        )
        {
            Assert.Equal((409, (string?)null), (answer.Status, answer.ScimType));
        }

        Assert.True((await server.SendAsync("GET", "/Users/" + id)).Json["active"]!.GetValue<bool>());
    }

    // an account by hand, as a sign-in would link it
    private static async Task MakeAdminWithAccountAsync(DoorServer server, Id<Member> member)
    {
        Assert.True(
            (
                await new UserManagement.Membership.Roles.AssignRole(server.Store).RunAsync(
                    Actor.Operator,
                    server.Workspace.Id,
                    member,
                    "admin",
                    Ct
                )
            ).Done
        );
        await using var db = server.Store.Read();
        var workspace = server.Workspace.Id;
        await db
            .Members.Where(m => m.WorkspaceId == workspace && m.Id == member)
            .ExecuteUpdateAsync(
                set => set.SetProperty(m => m.AccountId, Id<UserManagement.Membership.Accounts.Account>.New(TimeProvider.System)),
                Ct
            );
        await db
            .Counters.Where(t => t.WorkspaceId == workspace && t.Kind == CounterKind.Admins)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.Used, 1), Ct);
    }
}
