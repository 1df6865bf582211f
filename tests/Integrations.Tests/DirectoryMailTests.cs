using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Integrations.Tests;

public class DirectoryMailTests
{
    [Theory, EachDatabase]
    public async Task Admins_are_mailed_what_is_amiss_with_their_directory_and_what_to_do(Database kind)
    {
        await using var mail = MailSink.Start();
        await using var database = await TestDatabase.NewAsync(kind);
        await using var server = await TestServer.StartAsync(database, mail: mail);
        var workspace = (await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)).Value;
        await JoinAsync(server, workspace, "ada@acme.test", "admin");
        await JoinAsync(server, workspace, "bob@acme.test", "member");
        var token = (
            await new CreateScimCredential(server.Store).RunAsync(
                Actor.Operator,
                workspace.Id,
                "Entra https://evil.example.net",
                TimeSpan.FromDays(10),
                default
            )
        )
            .Value
            .Token;
        Assert.NotNull(await new RecognizeScimToken(server.Store).RunAsync("acme", token, null, default));

        Assert.Equal(1, await server.Service<WatchDirectories>().RunAsync(default));
        var received = await mail.WaitForAsync(m => m.Subject.Contains("needs a look", StringComparison.Ordinal));
        Assert.Equal(["ada@acme.test"], received.Recipients);
        Assert.Contains("ends on", received.Text, StringComparison.Ordinal);
        Assert.Contains("Make a new token and enter it at the directory before that", received.Text, StringComparison.Ordinal);
        Assert.Equal(server.Links.Directory("acme"), Assert.Single(received.Links));
        Assert.DoesNotContain("https://evil", received.Text + received.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(token, received.Text + received.Html, StringComparison.Ordinal);
        Assert.Equal(0, await server.Service<WatchDirectories>().RunAsync(default));
    }

    private static async Task JoinAsync(TestServer server, WorkspaceContext workspace, string address, string role)
    {
        var invited = (
            await new InvitePeople(server.Store).RunAsync(
                Actor.Operator,
                workspace.Id,
                new()
                {
                    UserNames = [address],
                    Role = role,
                    SendMail = false,
                },
                default
            )
        ).Value[0].Outcome.Value;
        var redeemed = await new RedeemInvitation(server.Store).RunAsync(
            new()
            {
                Kind = ActorKind.Person,
                Door = Door.SignIn,
                Name = address,
            },
            invited.LinkSecret,
            new()
            {
                AccountId = Id<Account>.New(TimeProvider.System),
                Provider = IdentityProvider.Local,
                UserName = address,
            },
            default
        );
        Assert.True(redeemed.Done);
    }
}
