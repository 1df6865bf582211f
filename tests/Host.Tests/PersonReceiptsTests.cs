using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>The verb that prints when apps lost their access to a person, over what really ended at a running server.</summary>
public class PersonReceiptsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task What_ended_is_printed_with_act_door_and_seconds_for_an_app_that_answered_one_that_did_not_and_one_that_is_not_told(
        Database kind
    )
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var apps = await AppsAsync();
        (string, string)[] dials = [("SignIn:PlatformNetworks", "127.0.0.0/8"), ("SignIn:PlatformMayUseHttp", "true")];
        await using var server = await TestServer.StartAsync(database, set: dials);
        var acme = (await server.Service<CreateWorkspace>().RunAsync(Actor.Operator, new("acme", "Acme", "seats"), Ct)).Value;
        var (session, member) = await JoinAsync(server, acme, "grace@example.com");
        foreach (
            var (id, address) in new (string, string?)[]
            {
                ("answers", apps.Urls.Single() + "/yes"),
                ("fails", apps.Urls.Single() + "/no"),
                ("quiet", null),
            }
        )
        {
            await SignInAsync(server, acme, session, id, address);
        }

        var suspended = await server.Service<SuspendMember>().RunAsync(Actor.Operator, acme.Id, member.Id, Ct);
        Assert.True(suspended.Done, suspended.Refusal?.Message);
        await Until.TrueAsync(async () =>
        {
            var read = (await server.Service<ReadAppReceipts>().RunAsync(Actor.Operator, acme.Id, member.Id, Ct)).Value;
            return read.Any(r => r.State == ReceiptState.Acknowledged) && read.Any(r => r.Ending is { ClientId: "fails", Tries: > 0 });
        });

        // beside the running server, by user name however it is written, and by id
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
        var (code, output, error) = await VerbRun.RunAsync(["person", "receipts", "acme", "GRACE@example.com", .. data]);
        Assert.Equal((0, ""), (code, error));
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        var receipts = JsonDocument.Parse(output).RootElement.EnumerateArray().ToDictionary(r => r.GetProperty("app").GetString()!);
        Assert.Equal(["answers", "fails", "quiet"], receipts.Keys.Order());
        Assert.All(
            receipts.Values,
            r =>
            {
                Assert.Equal(
                    ("App", "member.suspended", "commandLine"),
                    (r.GetProperty("appName").GetString(), r.GetProperty("act").GetString(), r.GetProperty("through").GetString())
                );
                Assert.Equal(session.Row.Id.ToString(), r.GetProperty("session").GetString());
                Assert.InRange(
                    TimeProvider.System.GetUtcNow() - r.GetProperty("endedAt").GetDateTimeOffset(),
                    TimeSpan.Zero,
                    Until.Longest
                );
            }
        );
        var (told, failed, quiet) = (receipts["answers"], receipts["fails"], receipts["quiet"]);
        Assert.Equal(("acknowledged", 1), (told.GetProperty("state").GetString(), told.GetProperty("tries").GetInt32()));
        Assert.Equal(
            Math.Round(
                (told.GetProperty("acknowledgedAt").GetDateTimeOffset() - told.GetProperty("endedAt").GetDateTimeOffset()).TotalSeconds,
                3
            ),
            told.GetProperty("seconds").GetDouble()
        );
        Assert.Equal("waiting", failed.GetProperty("state").GetString());
        Assert.Contains("500", failed.GetProperty("lastAnswer").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, failed.GetProperty("acknowledgedAt").ValueKind);
        Assert.Equal(
            ("notTold", JsonValueKind.Null, 0),
            (quiet.GetProperty("state").GetString(), quiet.GetProperty("seconds").ValueKind, quiet.GetProperty("tries").GetInt32())
        );

        var byId = await VerbRun.RunAsync(["person", "receipts", "acme", member.Id.ToString(), .. data]);
        Assert.Equal((0, 3), (byId.Code, JsonDocument.Parse(byId.Output).RootElement.GetArrayLength()));
        Assert.Equal(1, (await VerbRun.RunAsync(["person", "receipts", "acme", "nobody@example.com", .. data])).Code);
    }

    /// <summary>Apps that take logout tokens: one that says yes, one that fails.</summary>
    private static async Task<WebApplication> AppsAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/yes", () => Results.Ok());
        app.MapPost("/no", () => Results.StatusCode(StatusCodes.Status500InternalServerError));
        await app.StartAsync(Ct);
        return app;
    }

    private static async Task<(OpenedSession Session, Member Member)> JoinAsync(TestServer server, WorkspaceContext workspace, string email)
    {
        var invited = await server
            .Service<InvitePeople>()
            .RunAsync(Actor.Operator, workspace.Id, new() { UserNames = [email], SendMail = false }, Ct);
        var secret = invited.Value[0].Outcome.Value.LinkSecret;
        var session = (
            await server
                .Service<CreateLocalAccount>()
                .RunAsync(secret, email, "Grace Hopper", "correct horse battery staple 9", Browser.Unknown, Ct)
        ).Value;
        var who = await server.Service<ReadSession>().RunAsync(session.Secret, null, Ct);
        return (session, (await server.Service<AcceptInvitation>().RunAsync(who!, secret, "Grace", "Hopper", Ct)).Value.Member);
    }

    private static async Task SignInAsync(TestServer server, WorkspaceContext workspace, OpenedSession session, string id, string? logout)
    {
        var settings = new ClientSettings
        {
            ClientName = "App",
            RedirectUris = ["https://app.example.org/cb"],
            RequireConsent = false,
            BackChannelLogoutUri = logout,
        };
        var client = (await server.Service<CreateClient>().RunAsync(Actor.Operator, null, id, settings, Ct)).Value.Row;
        var claims = await server.Service<ReadAppClaims>().RunAsync(client, session.Row.Id, workspace.Id, allGroups: false, Ct);
        var granted = await server.Service<OpenAppGrant>().RunAsync(client, claims.Value, ["openid"], Ct);
        Assert.True(granted.Done, granted.Refusal?.Message);
    }
}
