using Microsoft.Data.Sqlite;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Storage;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>A backup is made while others write, and restored elsewhere or in place of what is there.</summary>
public class BackupVerbsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_acknowledged_before_a_backup_is_in_it_whole_while_others_write()
    {
        var (data, folder) = (await FilledAsync(), TestFolder.New());
        await using var source = Source(data);
        var store = source.Store(TimeProvider.System, new SecretBox(TestDatabase.MasterKey));
        var acme = await AcmeAsync(store);
        using var stop = new CancellationTokenSource();
        var acknowledged = 0;
        var writers = Enumerable
            .Range(0, 4)
            .Select(async w =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    var made = await new ProvisionMember(store).RunAsync(
                        Actor.Operator,
                        acme,
                        new() { UserName = $"w{w}-{i}@acme.test" },
                        default
                    );
                    Assert.True(made.Done);
                    Interlocked.Increment(ref acknowledged);
                }
            })
            .ToList();
        for (var n = 0; n < 3; n++)
        {
            var before = Volatile.Read(ref acknowledged);
            var file = Path.Combine(folder, $"b{n}.db");
            Assert.Equal(0, (await RunAsync(data, "backup", file)).Code);
            var elsewhere = TestFolder.New();
            File.Copy(Path.Combine(data, "master.key"), Path.Combine(elsewhere, "master.key"));
            var (code, output, error) = await RunAsync(elsewhere, "restore", file);
            Assert.True(code == 0, error);
            Assert.Contains("Its state is that of", output, StringComparison.Ordinal);
            var members = await CountAsync(elsewhere);
            Assert.InRange(members, before, int.MaxValue);
            Assert.Equal(0, (await RunAsync(elsewhere, "verify")).Code);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        Assert.True(acknowledged > 0);
        Assert.Empty(Directory.GetFiles(folder, "*.unfinished*"));
    }

    [Fact]
    public async Task A_backup_overwrites_nothing_and_a_restore_changes_nothing_unless_it_is_whole_and_asked_for()
    {
        var (data, folder) = (await FilledAsync(), TestFolder.New());
        var file = Path.Combine(folder, "b.db");
        Assert.Equal(0, (await RunAsync(data, "backup", file)).Code);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        await RefusedAsync(data, "overwrites nothing", "backup", file);
        await RefusedAsync(TestFolder.New(), "There is no database", "backup", Path.Combine(folder, "none.db"));
        await RefusedAsync(data, "--replace", "restore", file);
        await RefusedAsync(TestFolder.New(), "There is no master key", "restore", file);
        await RefusedAsync(data, "There is no file", "restore", file + ".gone");
        var strange = TestFolder.New();
        Assert.Equal(0, (await RunAsync(strange, "workspace", "create", "other")).Code);
        await RefusedAsync(strange, "The master key is not the one", "restore", file, "--replace");
        await using (var held = Source(data))
        {
            held.HoldAsServer();
            await RefusedAsync(data, "Another server", "restore", file, "--replace");
        }

        var cut = Path.Combine(folder, "cut.db");
        await File.WriteAllBytesAsync(cut, (await File.ReadAllBytesAsync(file, Ct))[..^4096], Ct);
        await RefusedAsync(data, "There is no", "restore", cut, "--replace");
        File.Copy(file + ".sha256", cut + ".sha256");
        await RefusedAsync(data, "is not what was backed up", "restore", cut, "--replace");
        await SumAsync(cut);
        await RefusedAsync(data, "SQLite", "restore", cut, "--replace");
        var foreign = Path.Combine(folder, "foreign.db");
        await using (var other = new SqliteConnection($"Data Source={foreign};Pooling=false"))
        {
            await other.OpenAsync(Ct);
            await using var command = other.CreateCommand();
            command.CommandText = "CREATE TABLE t (x)";
            await command.ExecuteNonQueryAsync(Ct);
        }

        await SumAsync(foreign);
        await RefusedAsync(data, "is no backup of this product", "restore", foreign, "--replace");
        Assert.Empty(Directory.GetFiles(data, "*.restoring*"));

        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "since")).Code);
        var (code, output, error) = await RunAsync(data, "restore", file, "--replace");
        Assert.True(code == 0, error);
        Assert.Contains("is kept as", output, StringComparison.Ordinal);
        Assert.Contains("1 one-time links", output, StringComparison.Ordinal);
        var list = (await RunAsync(data, "workspace", "list")).Output;
        Assert.DoesNotContain("since", list, StringComparison.Ordinal);
        var kept = Assert.Single(Directory.GetFiles(data, "usermanagement.db.before-*"));
        Assert.Contains(
            "since",
            (await RunAsync(data, "workspace", "list", "--Storage:ConnectionString", $"Data Source={kept}")).Output,
            StringComparison.Ordinal
        );
        Assert.Contains("Nothing was left", (await RunAsync(data, "restored")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_PostgreSQL_both_say_what_to_do_there()
    {
        string[] postgres = ["--Storage:Provider", "Postgres", "--Storage:ConnectionString", "Host=db"];
        await RefusedAsync(TestFolder.New(), "pg_dump", ["backup", "x.db", .. postgres]);
        await RefusedAsync(TestFolder.New(), "usermanagement restored", ["restore", "x.db", .. postgres]);
    }

    [Fact]
    public async Task The_key_of_the_data_folder_is_renewed_and_everything_sealed_under_it()
    {
        var data = await FilledAsync();
        await using (var server = await HostProcess.ServeAsync(data))
        {
            Assert.Equal(1, (await RunAsync(data, "key", "renew")).Code); // it runs
        }

        Assert.Equal(0, (await RunAsync(data, "key", "renew")).Code);
        Assert.Equal(1, (await RunAsync(data, "key", "renew")).Code); // a change is under way
        await using (var server = await HostProcess.ServeAsync(data))
        {
            var (code, output, error) = await RunAsync(data, "key", "rotate");
            Assert.True(code == 0, error);
            Assert.Contains("keys of the OpenID Provider", output, StringComparison.Ordinal);
            Assert.Contains("Nothing is left", (await RunAsync(data, "key", "rotate")).Output, StringComparison.Ordinal);
            Assert.Equal(2, (await RunAsync(data, "audit", "key")).Output.Split("BEGIN PUBLIC KEY").Length - 1);
        }

        var other = Path.Combine(data, MasterKey.OtherFileName);
        File.Move(other, Path.Combine(data, "former"));
        await using (var server = await HostProcess.ServeAsync(data))
        {
            Assert.Equal(0, (await RunAsync(data, "audit", "export", "acme")).Code);
        }

        File.Move(Path.Combine(data, "former"), Path.Combine(data, MasterKey.FileName), overwrite: true);
        await RefusedAsync(data, "The master key is not the one of this database", "serve");
        await RefusedAsync(data, "The master key is not the one of this database", "workspace", "list");
        Assert.Contains("keys of the OpenID Provider", (await RunAsync(data, "key", "lost")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(data, "workspace", "list")).Code);
    }

    private static async Task<string> FilledAsync()
    {
        var data = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme", "--preset", "csv")).Code);
        Assert.Equal(0, (await RunAsync(data, "admin", "invite", "acme", "ada@example.org")).Code);
        Assert.Equal(0, (await RunAsync(data, "app-keys", "rotate")).Code); // something that the master key seals
        return data;
    }

    private static async Task RefusedAsync(string data, string why, params string[] words)
    {
        var (code, _, error) = await RunAsync(data, words);
        Assert.Equal(1, code);
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    private static async Task SumAsync(string file) =>
        await File.WriteAllTextAsync(
            file + ".sha256",
            Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file, Ct))) + "  x\n",
            Ct
        );

    private static MembershipSource Source(string data) =>
        new DatabaseTarget(Database.Sqlite, $"Data Source={Path.Combine(data, "usermanagement.db")}").NewSource();

    private static async Task<Id<Workspace>> AcmeAsync(Store store)
    {
        await using var db = store.Read();
        return (await WorkspaceContext.BySlugAsync(db, "acme", Ct))!.Id;
    }

    private static async Task<int> CountAsync(string data)
    {
        await using var source = Source(data);
        await using var db = source.Open();
        return db.Members.Count(m => m.UserName.EndsWith("@acme.test"));
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string data, params string[] words) =>
        VerbRun.RunAsync([.. words, "--data", data]);
}
