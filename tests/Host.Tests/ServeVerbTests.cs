using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

public class ServeVerbTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_start_prints_how_to_get_in_once_and_a_second_start_prints_no_secret()
    {
        var data = Path.Combine(TestFolder.New(), "data");
        string printed,
            token,
            link;
        await using (var first = await HostProcess.ServeAsync(data))
        {
            link = await first.UntilPrintedAsync("Admin sign-in: ");
            Assert.StartsWith(first.Url + "/enter/", link, StringComparison.Ordinal);
            Assert.Equal(first.Url + "/scim/v2/acme", await first.UntilPrintedAsync("SCIM base URL: "));
            Assert.Equal(first.Url + "/docs", await first.UntilPrintedAsync("API docs: "));
            token = await first.UntilPrintedAsync("SCIM token: ");
            Assert.Contains(token, await first.UntilPrintedAsync("curl "), StringComparison.Ordinal);
            printed = first.Output.Trim();

            using var http = new HttpClient();
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(first.Url + "/scim/v2/acme/Users", Ct)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(link, Ct)).StatusCode);
            Assert.Empty(SecretScan.Find(first.Error, token, link[(link.LastIndexOf('/') + 1)..]));

            Assert.Equal(0, await first.TerminateAsync()); // of itself: one that has to give up waiting ends with another
        }

        var file = Path.Combine(data, "first-start.txt");
        Assert.Equal(printed, (await File.ReadAllTextAsync(file, Ct)).Trim());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, "master.key")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(data));
        }

        await using var second = await HostProcess.ServeAsync(data);
        Assert.Equal("", second.Output.Trim());
        Assert.Empty(SecretScan.Find(second.Error, token, link[(link.LastIndexOf('/') + 1)..]));
        using var again = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync(second.Url + "/scim/v2/acme/Users", Ct)).StatusCode);
    }

    [Fact]
    public async Task Of_two_first_starts_at_once_one_wins_and_the_other_says_why_not()
    {
        var data = Path.Combine(TestFolder.New(), "data");
        await using var a = new HostProcess(data);
        await using var b = new HostProcess(data);
        var ready = await Task.WhenAll(a.TryStartAsync(), b.TryStartAsync());
        Assert.Single(ready, true);
        var (winner, refused) = ready[0] ? (a, b) : (b, a);
        Assert.Equal(1, await refused.ExitAsync());
        Assert.Contains("Another server", refused.Error, StringComparison.Ordinal);
        Assert.Equal("", refused.Output.Trim());
        await winner.UntilPrintedAsync("Admin sign-in: ");
    }

    [Fact]
    public async Task An_address_that_is_taken_is_told_in_one_sentence()
    {
        await using var server = new HostProcess();
        using var somebody = new TcpListener(IPAddress.Loopback, new Uri(server.Url).Port);
        somebody.Start();
        server.Launch();

        Assert.Equal(1, await server.ExitAsync());
        Assert.Contains("Choose another address with --urls.", server.Error, StringComparison.Ordinal);
        Assert.False(server.Error.Contains("   at ", StringComparison.Ordinal), server.Error);
        Assert.DoesNotContain("IOException", server.Error, StringComparison.Ordinal);
        Assert.Equal("", server.Output.Trim());
    }

    [Fact]
    public async Task Verbs_work_beside_a_running_server()
    {
        var data = Path.Combine(TestFolder.New(), "data");
        await using var server = await HostProcess.ServeAsync(data);
        await server.UntilPrintedAsync("Admin sign-in: ");

        Assert.Equal(
            0,
            (await HostProcess.RunAsync("workspace", "create", "beta", "--name", "Beta Ltd", "--preset", "ranked", "--data", data)).Code
        );
        Assert.Contains("Beta Ltd", (await VerbRun.RunAsync("workspace", "list", "--data", data)).Output, StringComparison.Ordinal);
        var invited = await VerbRun.RunAsync(
            "admin",
            "invite",
            "beta",
            "ada@example.org",
            "--data",
            data,
            "--PublicUrl=https://people.example.org"
        );
        Assert.StartsWith("Admin sign-in: https://people.example.org/enter/", invited.Output, StringComparison.Ordinal);
        var made = await VerbRun.RunAsync("scim-token", "create", "beta", "--days", "2", "--data", data);
        var token = made.Output.Split('\n').Single(l => l.StartsWith("SCIM token: ", StringComparison.Ordinal))[12..].Trim();

        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(server.Url + "/scim/v2/beta/Users", Ct)).StatusCode);
        var id = (await VerbRun.RunAsync("scim-token", "list", "beta", "--data", data)).Output.Split(' ')[0];
        Assert.Equal(0, (await VerbRun.RunAsync("scim-token", "revoke", "beta", id, "--data", data)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(server.Url + "/scim/v2/beta/Users", Ct)).StatusCode);

        var asked = await VerbRun.RunAsync("ready", "--urls", server.Url, "--data", data);
        Assert.Equal((0, "ready"), (asked.Code, asked.Output.Trim()));
        var nobody = await VerbRun.RunAsync("ready", "--urls", "http://localhost:1", "--data", data);
        Assert.Equal((1, "Nobody answers at http://localhost:1/."), (nobody.Code, nobody.Error.Trim()));

        var verified = await VerbRun.RunAsync("verify", "--data", data);
        Assert.Equal((0, "All counts agree with their rows."), (verified.Code, verified.Output.Trim()));
        var migrated = await VerbRun.RunAsync("migrate", "--data", data);
        Assert.Equal(1, migrated.Code);
        Assert.Contains("Another server", migrated.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Postgres_is_refused_without_a_master_key_and_makes_no_workspace_by_itself()
    {
        await using var database = await TestDatabase.EmptyAsync(Database.Postgres);
        string[] settings =
        [
            "--Storage:Provider",
            "Postgres",
            "--Storage:ConnectionString",
            database.ConnectionString,
            "--data",
            TestFolder.New(),
        ];
        var refused = await VerbRun.RunAsync(["serve", .. settings]);
        Assert.Equal(1, refused.Code);
        Assert.Contains("openssl rand -base64 32", refused.Error, StringComparison.Ordinal);

        settings = [.. settings, "--MasterKey", Convert.ToBase64String(TestDatabase.MasterKey)];
        var early = await VerbRun.RunAsync(["workspace", "list", .. settings]);
        Assert.Contains("Run `migrate` first", early.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await VerbRun.RunAsync(["migrate", .. settings])).Code);
        await using var server = await HostProcess.ServeAsync(TestFolder.New(), [.. settings[..4], .. settings[6..]]);
        Assert.Equal("", server.Output.Trim());
        Assert.Equal("", (await VerbRun.RunAsync(["workspace", "list", .. settings])).Output.Trim());
        Assert.Equal(0, await server.TerminateAsync());
    }
}
