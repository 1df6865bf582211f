using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Invitations.Imports;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Drills;

/// <summary>The server is killed without warning while it sends the invitations of a file.</summary>
public sealed class CrashedImportTests
{
    private const int Rows = 600;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [EachDatabase]
    [Shows("S2-17")]
    public async Task Who_is_in_a_file_is_invited_once_although_the_server_is_killed_while_it_sends(Database kind)
    {
        await using var server = await BuiltServer.StartAsync(kind);
        var workspace = (await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new("drill", "Drill", "csv"), Ct)).Value;
        var key = (
            await new CreateApiKey(server.Store).RunAsync(Actor.Operator, workspace.Id, "drill", "administrator", TimeSpan.FromDays(1), Ct)
        )
            .Value
            .Key;
        var csv = new StringBuilder("email,role\n");
        for (var row = 0; row < Rows; row++)
        {
            csv.AppendLine(CultureInfo.InvariantCulture, $"person{row}@drill.test,User");
        }

        using (var program = new HttpClient())
        {
            program.DefaultRequestHeaders.Authorization = new("Bearer", key);
            using var file = new StringContent(csv.ToString(), new MediaTypeHeaderValue("text/csv"));
            using var answer = await program.PostAsync($"{server.Process.Url}/api/v1/workspaces/drill/invitations/import", file, Ct);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        // twice amid the file: some are invited, and more are to be
        foreach (var invited in (int[])[1, 250])
        {
            await Until.TrueAsync(async () => await InvitedAsync(server, workspace) >= invited);
            await server.Process.KillAsync();
            Assert.InRange(await InvitedAsync(server, workspace), invited, Rows - 1);
            await LeasesRunOutAsync(server);
            await server.Process.StartAsync();
        }

        await using var db = server.Store.Read();
        await Until.TrueAsync(() => db.InvitationImports.AnyAsync(i => i.WorkspaceId == workspace.Id && i.State == ImportState.Done, Ct));
        Assert.Equal(
            Rows,
            await db
                .Invitations.Where(i => i.WorkspaceId == workspace.Id && i.Stored == InvitationStatus.Pending)
                .Select(i => i.MemberId)
                .Distinct()
                .CountAsync(Ct)
        );
        Assert.Equal(Rows, await InvitedAsync(server, workspace)); // none of them twice
        Assert.Equal(
            Rows,
            await db.OutboxMessages.CountAsync(m => m.WorkspaceId == workspace.Id && m.Kind == OutboxKind.InvitationMail, Ct)
        );
        await server.AgreesAsync(key);
    }

    /// <summary>The two minutes for which the dead server's work stays its own are over.</summary>
    private static async Task LeasesRunOutAsync(BuiltServer server)
    {
        await using var db = server.Store.Read();
        var past = server.Store.Time.GetUtcNow() - OutboxPump.Lease;
        await db
            .OutboxMessages.Where(m => m.ClaimedUntil != null && m.DoneAt == null)
            .ExecuteUpdateAsync(m => m.SetProperty(x => x.ClaimedUntil, past).SetProperty(x => x.DueAt, past), Ct);
    }

    private static async Task<int> InvitedAsync(BuiltServer server, WorkspaceContext workspace)
    {
        await using var db = server.Store.Read();
        return await db.Invitations.CountAsync(i => i.WorkspaceId == workspace.Id, Ct);
    }
}
