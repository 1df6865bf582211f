using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using UserManagement.Api.Http;
using UserManagement.Api.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Document;

/// <summary>The OpenAPI document as others read it, and the pages that people read.</summary>
public sealed partial class ReaderTests
{
    /// <summary>Words that only sign-in, apps and links bear: no call of this door answers with them.</summary>
    private static readonly HashSet<string> Elsewhere =
    [
        "accessEnded",
        "alreadyRunning",
        "ambiguousGroup",
        "answerUsed",
        "appUnreachable",
        "billingOff",
        "connectionGone",
        "invalidCodeNotEnough",
        "invalidCodeUsed",
        "groupHeld",
        "invitedByName",
        "linkClosed",
        "mailRefused",
        "testMailLimit",
        "invalidCredentialVariable",
        "invalidFile",
        "invalidFormat",
        "invalidGroup",
        "invalidLifetimeDays",
        "invalidLogo", // a logo is uploaded on a page
        "invalidMember",
        "invalidMinutes",
        "invalidPassword",
        "invalidPeople",
        "invalidPercent",
        "invalidPreset",
        "invalidReserved",
        "invalidSeats",
        "invalidSlots",
        "invalidSlug",
        "invalidVia",
        "laterState",
        "linkDead",
        "portalClosed",
        "loginNotLinked",
        "loginTaken",
        "noAdminRole",
        "noCustomer",
        "noOtherKey",
        "refused",
        "tokenLost",
        "unclear",
        "noLocalLogin",
        "noProvenName",
        "notMember",
        "noTotp",
        "organisationNotTaken",
        "otherAccount",
        "otherWorkspace",
        "passkeyCopied",
        "passkeyKnown",
        "passkeySecondOnly",
        "passkeyUnknown",
        "passkeyUsed",
        "passkeyWrong",
        "passwordNotTaken",
        "providerNeeded",
        "seatNeeded",
        "signInFailed",
        "slugTaken",
        "termsChanged",
        "testEnded",
        "tooManyCodes",
        "tooManyPasskeys",
        "totpNotBegun",
        "totpSetUp",
        "unknownPerson",
        "unreachable",
        "userNameTaken",
        "wrongPassword",
        "wrongProvider",
        "wrongTenant",
        "wrongUserName",
        "keyNameTaken", // operator keys are made by the command line
        "noProof",
        "programOnly",
    ];

    [Fact]
    public async Task Microsofts_reader_takes_the_document_without_an_error_or_a_warning()
    {
        var read = OpenApiDocument.Parse(await File.ReadAllTextAsync(Repository.At("tests/Api.Tests/Document/openapi.json")), "json");
        Assert.Empty(read.Diagnostic!.Errors.Select(e => e.ToString()));
        Assert.Empty(read.Diagnostic.Warnings.Select(e => e.ToString()));
        var operations = read.Document!.Paths.SelectMany(p => p.Value.Operations!.Values).ToList();
        Assert.True(operations.Count > 70);
        Assert.All(
            operations.Where(o => o.RequestBody is not null),
            o => Assert.NotNull(o.RequestBody!.Content!["application/json"].Example)
        );
        Assert.All(operations, o => Assert.Contains("401", o.Responses!.Keys));
    }

    [Fact]
    public async Task A_client_generated_from_the_document_compiles_strictly_and_works()
    {
        var folder = Repository.At("tests/Api.Tests/Client");
        Assert.True(
            Directory.Exists(Path.Combine(folder, "node_modules")),
            "./test installs it; by hand: npm ci in tests/Api.Tests/Client."
        );
        var made = TestFolder.New();
        foreach (var file in new[] { "client.ts", "node.d.ts", "tsconfig.json", "package.json" })
        {
            File.Copy(Path.Combine(folder, file), Path.Combine(made, file));
        }

        Directory.CreateSymbolicLink(Path.Combine(made, "node_modules"), Path.Combine(folder, "node_modules"));
        await RunAsync(
            made,
            "node_modules/.bin/openapi-typescript",
            Repository.At("tests/Api.Tests/Document/openapi.json"),
            "-o",
            "schema.d.ts"
        );
        await RunAsync(made, "node_modules/.bin/tsc", "-p", ".");

        await using var site = await ApiSite.StartAsync(Database.Sqlite);
        var key = await site.KeyAsync();
        var said = JsonElement.Parse(await RunAsync(made, "node", "out/client.js", site.Server.PublicUrl.ToString().TrimEnd('/'), key.Key));
        Assert.Equal(
            """{"role":"admin","invited":true,"same":true,"memberCount":1,"lifetimeDays":14,"secret":true,"code":"unknownRole"}""",
            said.GetRawText()
        );
    }

    [Fact]
    public async Task The_page_lists_every_call_and_every_code_and_the_addresses_of_problems_lead_there()
    {
        await using var site = await ApiSite.StartAsync(Database.Sqlite);
        var page = await site.Server.Client.GetStringAsync("/docs/api");
        Assert.All(
            ApiStray.Routes(site.Server.Service<IServiceProvider>()),
            r => Assert.Contains($"{r.Method} {r.Pattern}", page, StringComparison.Ordinal)
        );
        Assert.All(ProblemCodes.All, c => Assert.Contains($"id=\"{c.Code}\"", page, StringComparison.Ordinal));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = site.Server.PublicUrl };
        Assert.Equal("/docs/api#stale", (await http.GetAsync("/api/problems/stale")).Headers.Location?.ToString());
        Assert.Equal("/docs/api", (await http.GetAsync("/api/v1")).Headers.Location?.ToString());
    }

    [Fact]
    public async Task No_word_of_a_refusal_is_missing_from_the_table_and_each_stands_there_once()
    {
        var known = ProblemCodes.All.Select(c => c.Code).ToHashSet();
        Assert.Equal(known.Count, ProblemCodes.All.Count);
        SortedSet<string> missing = [];
        foreach (var file in (await Repository.FilesAsync()).Where(f => f.EndsWith(".cs", StringComparison.Ordinal)))
        {
            if (!file.StartsWith("src/Membership/", StringComparison.Ordinal) && !file.StartsWith("src/Api/", StringComparison.Ordinal))
            {
                continue;
            }

            var text = await File.ReadAllTextAsync(Repository.At(file), TestContext.Current.CancellationToken);
            var codes = Word()
                .Matches(text)
                .Select(m => m.Groups[1].Value)
                .Concat(Wrong().Matches(text).Select(m => Membership.Refusal.Invalid(m.Groups[1].Value, "").Code))
                .Concat(Stranger().Matches(text).Select(m => Membership.Refusal.Unknown(m.Groups[1].Value, "").Code));
            missing.UnionWith(codes.Where(c => !known.Contains(c) && !Elsewhere.Contains(c) && c is not ("invalid" or "unknown")));
        }

        Assert.Empty(missing);
    }

    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program.Contains('/') ? Path.Combine(folder, program) : program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {await output}{await error}");
        return await output;
    }

    [GeneratedRegex("""(?:RefusalKind\.\w+,\s*|Code = |BadRequest\(\s*)"(\w+)""")]
    private static partial Regex Word();

    [GeneratedRegex("""(?:Refusal\.Invalid|Wrong)\(\s*"([\w.\[\]]+)",\s*\$?"[A-Z]""")]
    private static partial Regex Wrong();

    [GeneratedRegex("""Refusal\.Unknown\(\s*"(\w+)""")]
    private static partial Regex Stranger();
}
