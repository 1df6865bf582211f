using System.Text.Json;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>The verbs about one person and about the outbox, over one data folder.</summary>
public class PersonVerbsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_is_exported_and_once_gone_erased_by_name_or_id()
    {
        var data = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme")).Code);
        Assert.Equal(0, (await RunAsync(data, "admin", "invite", "acme", "ada@example.org")).Code);
        await using var source = new DatabaseTarget(Database.Sqlite, $"Data Source={Path.Combine(data, "usermanagement.db")}").NewSource();
        var store = source.Store(TimeProvider.System, new SecretBox(TestDatabase.MasterKey));
        Id<Workspace> acme;
        await using (var db = store.Read())
        {
            acme = (await WorkspaceContext.BySlugAsync(db, "acme", Ct))!.Id;
        }

        var bob = (
            await new ProvisionMember(store).RunAsync(
                Actor.Operator,
                acme,
                new() { UserName = "bob@example.org", DisplayName = "Bob Builder" },
                Ct
            )
        ).Value;
        var (code, output, _) = await RunAsync(data, "person", "export", "acme", "BOB@example.org");
        Assert.Equal(
            (0, "Bob Builder"),
            (code, JsonDocument.Parse(output).RootElement.GetProperty("memberships")[0].GetProperty("displayName").GetString())
        );
        Assert.Equal(
            (0, "[]"),
            (
                (await RunAsync(data, "person", "receipts", "acme", "bob@example.org")) is var told
                    ? (told.Code, told.Output.Trim())
                    : default
            )
        );
        var refused = await RunAsync(data, "person", "erase", "acme", "bob@example.org");
        Assert.Equal(1, refused.Code);
        Assert.Contains("still a member", refused.Error, StringComparison.Ordinal);
        Assert.True((await new EndMember(store).RunAsync(Actor.Operator, acme, bob.Id, null, Ct)).Done);
        Assert.Contains(
            "Bob Builder",
            (await RunAsync(data, "person", "export", "acme", "bob@example.org")).Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"{bob.Id} is erased",
            (await RunAsync(data, "person", "erase", "acme", "bob@example.org")).Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "erased before",
            (await RunAsync(data, "person", "erase", "acme", bob.Id.ToString())).Output,
            StringComparison.Ordinal
        );
        Assert.Equal(1, (await RunAsync(data, "person", "erase", "acme", "bob@example.org")).Code);
        Assert.Equal(1, (await RunAsync(data, "person", "export", "acme", bob.Id.ToString())).Code);
        Assert.Equal(1, (await RunAsync(data, "person", "export", "nowhere", "bob@example.org")).Code);
        Assert.Equal(2, (await RunAsync(data, "person", "erase", "acme")).Code);
    }

    [Theory, EachDatabase]
    public async Task What_a_person_may_do_and_why_is_told(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        string[] data =
        [
            "--data",
            TestFolder.New(),
            "--Storage:Provider",
            kind.ToString(),
            "--Storage:ConnectionString",
            database.ConnectionString,
            "--MasterKey",
            Convert.ToBase64String(TestDatabase.MasterKey),
        ];
        var store = database.Store();
        var acme = (await new CreateWorkspace(store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), Ct)).Value;
        var bob = (
            await new ProvisionMember(store).RunAsync(
                Actor.Operator,
                acme.Id,
                new() { UserName = "bob@example.org", DisplayName = "Bob Builder" },
                Ct
            )
        ).Value;
        var told = await ShowAsync("access", "show", "acme", "BOB@example.org");
        Assert.Equal(0, told.Code);
        Assert.StartsWith("Bob Builder (bob@example.org)", told.Output, StringComparison.Ordinal);
        Assert.Contains("Access: Has access", told.Output, StringComparison.Ordinal);
        Assert.Contains("Role: ", told.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("May: nothing", told.Output, StringComparison.Ordinal);

        Assert.True((await new SuspendMember(store).RunAsync(Actor.Operator, acme.Id, bob.Id, Ct)).Done);
        told = await ShowAsync("access", "show", "acme", bob.Id.ToString());
        Assert.Contains("An admin suspended this person.", told.Output, StringComparison.Ordinal);
        Assert.Contains("May: nothing", told.Output, StringComparison.Ordinal);

        Assert.Equal(1, (await ShowAsync("access", "show", "acme", "nobody@example.org")).Code);
        Assert.Equal(1, (await ShowAsync("access", "show", "nowhere", "bob@example.org")).Code);
        Assert.Equal(2, (await ShowAsync("access", "show", "acme")).Code);

        Task<(int Code, string Output, string Error)> ShowAsync(params string[] words) => VerbRun.RunAsync([.. words, .. data]);
    }

    [Fact]
    public async Task What_was_given_up_is_shown_and_tried_anew()
    {
        var data = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme")).Code);
        await using var source = new DatabaseTarget(Database.Sqlite, $"Data Source={Path.Combine(data, "usermanagement.db")}").NewSource();
        var store = source.Store(TimeProvider.System, new SecretBox(TestDatabase.MasterKey));
        for (var i = 0; i < 3; i++)
        {
            await store.ChangeAsync<Nothing>(
                Actor.System,
                null,
                "test",
                attempt =>
                {
                    attempt.Changes.Send("test", Guid.CreateVersion7(), "s" + i, null);
                    return Task.FromResult<Membership.Outcome<Nothing>>(default(Nothing));
                },
                Ct
            );
        }

        var pump = new OutboxPump(store, [new GivesUp()]);
        Assert.Equal(3, (await pump.RunAsync(Ct)).Count(r => r.Dead));
        var list = (await RunAsync(data, "outbox", "list")).Output;
        Assert.StartsWith("0 waiting, 3 given up", list, StringComparison.Ordinal);
        Assert.Contains("Nobody takes it.", list, StringComparison.Ordinal);
        var one = list.Split('\n')[1].Split(' ')[0];
        Assert.Contains("1 will be tried again", (await RunAsync(data, "outbox", "retry", one)).Output, StringComparison.Ordinal);
        Assert.StartsWith("1 waiting, the oldest due since", (await RunAsync(data, "outbox", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync(data, "outbox", "retry", one)).Code);
        Assert.Contains("2 will be tried again", (await RunAsync(data, "outbox", "retry", "all")).Output, StringComparison.Ordinal);
        Assert.Contains("0 will be tried again", (await RunAsync(data, "outbox", "retry", "all")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(data, "outbox", "retry", "everything")).Code);
        Assert.Equal(3, (await pump.RunAsync(Ct)).Count);
        Assert.Contains("3 messages are given up", (await RunAsync(data, "verify")).Output, StringComparison.Ordinal);
    }

    private sealed class GivesUp : IOutboxConsumer
    {
        public string Kind => "test";

        public Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct) =>
            Task.FromResult(Delivery.Never("Nobody takes it."));
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string data, params string[] words) =>
        VerbRun.RunAsync([.. words, "--data", data]);
}
