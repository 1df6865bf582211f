using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>
/// Holds what <c>src/README.md</c> draws: who may know whom, and how a file here looks. Project references are the arrows; the
/// table below is the whole picture, and an arrow that is not in it is an argument to have first.
/// </summary>
public partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Precis"] = [],
        ["Membership"] = ["Precis"],
        ["Scim.Protocol"] = ["Precis"],
        ["Simulator"] = [],
        ["Ui"] = [],
        ["Scim"] = ["Membership", "Scim.Protocol", "Ui"],
        ["Identity"] = ["Membership", "Ui"],
        ["Provider"] = ["Membership", "Ui"],
        ["Api"] = ["Membership", "Ui"],
        ["AdminUi"] = ["Membership", "Ui"],
        ["Integrations"] = ["Membership"],
        ["Storage"] = ["Membership"],
        ["Host"] =
        [
            "AdminUi",
            "Api",
            "Identity",
            "Integrations",
            "Membership",
            "Provider",
            "Scim",
            "Scim.Protocol",
            "Simulator",
            "Storage",
            "Ui",
        ],
    };

    // Rooms that could run anywhere keep their packages to this; the others may take what stack and central versions allow.
    private static readonly Dictionary<string, string[]> Packages = new()
    {
        // the last is four plain classes
        ["Membership"] = ["Microsoft.EntityFrameworkCore.Relational", "CsvHelper", "OpenIddict.EntityFrameworkCore.Models"],
        ["Precis"] = [],
        ["Scim.Protocol"] = [],
        ["Simulator"] = [],
        ["Ui"] = [],
    };

    private static readonly Dictionary<string, string[]> ForbiddenAssemblies = new()
    {
        ["Membership"] =
        [
            "Microsoft.AspNetCore",
            "Npgsql",
            "Microsoft.Data.Sqlite",
            "Microsoft.EntityFrameworkCore.Sqlite",
            "SQLitePCLRaw",
            "System.Net.Http",
        ],
        ["Precis"] = ["UserManagement.", "Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "System.Net.Http"],
        ["Scim.Protocol"] = ["Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "System.Net.Http", "System.Net.Sockets"],
        ["Simulator"] = ["UserManagement.", "Microsoft.EntityFrameworkCore"],
        ["Ui"] = ["UserManagement.", "Microsoft.EntityFrameworkCore"],
        ["Scim"] = ["Npgsql", "Microsoft.Data.Sqlite"],
        ["Identity"] = ["Npgsql", "Microsoft.Data.Sqlite"],
        ["Provider"] = ["Npgsql", "Microsoft.Data.Sqlite"],
        ["AdminUi"] = ["Npgsql", "Microsoft.Data.Sqlite"],
        ["Integrations"] = ["Npgsql", "Microsoft.Data.Sqlite"],
    };

    [Fact]
    public void Rooms_know_only_the_rooms_that_their_arrows_point_to() =>
        None(
            ArchitectureRooms.All.SelectMany(room =>
                room.Projects.Except(Arrows.GetValueOrDefault(room.Name, [])).Select(other => $"{room.Name} -> {other}")
            )
        );

    [Fact]
    public void Every_room_has_its_line_in_the_table_of_arrows() =>
        None(ArchitectureRooms.All.Select(room => room.Name).Except(Arrows.Keys));

    [Fact]
    public void No_door_knows_another_door()
    {
        string[] doors = ["Scim", "Identity", "Provider", "Api", "AdminUi"];
        None(
            ArchitectureRooms
                .All.Where(room => doors.Contains(room.Name))
                .SelectMany(room => room.Projects.Intersect(doors).Select(other => $"{room.Name} -> {other}"))
        );
    }

    [Fact]
    public void The_rooms_without_a_web_server_keep_to_their_packages() =>
        None(
            ArchitectureRooms
                .All.Where(room => Packages.ContainsKey(room.Name))
                .SelectMany(room => room.Packages.Except(Packages[room.Name]).Select(package => $"{room.Name}: {package}"))
        );

    [Fact]
    public void Storage_alone_names_a_database_provider() =>
        None(
            ArchitectureRooms
                .All.Where(room => room.Name != "Storage")
                .SelectMany(room =>
                    room.Packages.Where(package => Provider().IsMatch(package)).Select(package => $"{room.Name}: {package}")
                )
        );

    [Fact]
    public void Compiled_rooms_use_no_assembly_that_is_not_theirs_to_use() =>
        None(
            ArchitectureRooms
                .All.Where(room => ForbiddenAssemblies.ContainsKey(room.Name))
                .SelectMany(room =>
                    room.UsedAssemblies()
                        .Where(used => ForbiddenAssemblies[room.Name].Any(start => used.StartsWith(start, StringComparison.Ordinal)))
                        .Select(used => $"{room.Name} uses {used}")
                )
        );

    [Fact]
    public void Internals_are_open_to_the_rooms_own_tests_only() =>
        None(
            ArchitectureRooms.All.SelectMany(room =>
                room.Friends.Where(friend => friend != $"UserManagement.{room.Name}.Tests").Select(friend => $"{room.Name}: {friend}")
            )
        );

    [Fact]
    public void Every_room_has_tests_of_its_name_and_every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Repository.At("UserManagement.sln"));
        var projects = Directory
            .EnumerateFiles(Repository.At("tests"), "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .ToList();
        None(
            ArchitectureRooms
                .All.Select(room => room.Name + ".Tests")
                .Except(projects)
                .Select(missing => $"no project {missing}")
                .Concat(
                    ArchitectureRooms
                        .All.Select(room => room.Name)
                        .Concat(projects)
                        .Where(name => !solution.Contains($"\\{name}.csproj\"", StringComparison.Ordinal))
                        .Select(missing => $"not in the solution: {missing}")
                )
        );
    }

    [Fact]
    public void Every_room_has_a_readme_of_at_most_25_lines() =>
        None(
            ArchitectureRooms
                .All.Select(room => (room.Name, File: Path.Combine(room.Folder, "README.md")))
                .Select(room =>
                    !File.Exists(room.File) ? $"{room.Name}: none"
                    : File.ReadAllLines(room.File).Length is > 25 and var lines ? $"{room.Name}: {lines} lines"
                    : null
                )
                .OfType<string>()
        );

    [Fact]
    public void No_type_is_named_by_a_word_that_says_nothing() =>
        None(
            ArchitectureRooms.All.SelectMany(room =>
                room.TypeNames().Where(name => EmptyWord().IsMatch(name)).Select(name => $"{room.Name}: {name}")
            )
        );

    [Fact]
    public async Task A_file_above_400_lines_argues_for_itself_in_its_first_line() =>
        None(
            (await ArchitectureSources.SourcesAsync(".cs", ".razor", ".css", ".js", ".mjs"))
                .Select(file => (file, Lines: File.ReadAllLines(Repository.At(file))))
                .Where(source => source.Lines.Length > 400 && !source.Lines[0].Contains("Long because", StringComparison.Ordinal))
                .Select(source => $"{source.file}: {source.Lines.Length} lines")
        );

    [Fact]
    public async Task No_line_is_wider_than_140_columns_unless_a_text_makes_it_so() =>
        None(
            (await ArchitectureSources.SourcesAsync(".cs"))
                .Where(file => !file.Contains("/Migrations/", StringComparison.Ordinal))
                .SelectMany(file =>
                    ArchitectureSources.WideLines(File.ReadAllText(Repository.At(file)), 140).Select(line => $"{file}({line})")
                )
        );

    [Fact]
    public void Every_act_of_the_core_stands_in_a_file_of_its_name() =>
        None(
            new ServiceCollection()
                .AddMembership()
                .Select(registered => registered.ServiceType)
                .Where(act => act.IsClass && !IsInFileOfItsName(act))
                .Select(act => act.FullName!)
        );

    [Fact]
    public async Task Acts_write_through_the_store_and_never_past_it() =>
        None(
            // the sweep takes what is over in pieces that nobody waits for, and gives way to all
            (await ArchitectureSources.SourcesAsync(".cs"))
                .Where(file =>
                    file.StartsWith("src/Membership/", StringComparison.Ordinal)
                    && !file.StartsWith("src/Membership/Data/", StringComparison.Ordinal)
                    && file != "src/Membership/Retention/SweepOver.cs"
                )
                .Where(file => File.ReadAllText(Repository.At(file)).Contains(".WriteAsync([", StringComparison.Ordinal))
        );

    [Fact]
    public async Task Imports_stand_in_order_the_systems_first() =>
        None(
            (await ArchitectureSources.SourcesAsync(".cs"))
                .Select(file =>
                    (
                        file,
                        Imports: File.ReadLines(Repository.At(file))
                            .Select(line => Import().Match(line))
                            .Where(match => match.Success)
                            .Select(match => match.Groups[1].Value)
                            .ToList()
                    )
                )
                .Where(source =>
                    !source.Imports.SequenceEqual(
                        source
                            .Imports.OrderBy(name => name == "System" || name.StartsWith("System.", StringComparison.Ordinal) ? 0 : 1)
                            .ThenBy(name => name, StringComparer.OrdinalIgnoreCase)
                    )
                )
                .Select(source => source.file)
        );

    [Fact]
    public async Task Every_public_type_says_what_it_is_for() =>
        None(
            ArchitectureSources.UndocumentedTypes(
                (await ArchitectureSources.SourcesAsync(".cs")).Select(file => (file, File.ReadAllText(Repository.At(file))))
            )
        );

    [Fact]
    public void The_search_for_undocumented_types_finds_them_behind_attributes_and_lets_documented_ones_pass()
    {
        const string text = """
            /// <summary>Good.</summary>
            [Serializable]
            [Obsolete(
                "over two lines")]
            public sealed record Good(int X);

            // Not a doc comment.
            public static partial class Bad
            {
                public readonly record struct Inner(int X);
                internal sealed class Hidden;
                /// <summary>Good too.</summary>
                public delegate Task<int> Act(string x);
                public string class_of() => "public class Word";
            }
            """;
        Assert.Equal(["a.cs: Bad", "a.cs: Inner"], ArchitectureSources.UndocumentedTypes([("a.cs", text)]));
        Assert.Equal(
            ["a.cs: Inner"],
            ArchitectureSources.UndocumentedTypes([
                ("a.cs", text),
                ("b.cs", "/// <summary>Bad, told here.</summary>\npublic static partial class Bad;"),
            ])
        );
    }

    [Fact]
    public async Task No_committed_file_names_a_package_registry_or_a_folder_of_one_machine()
    {
        List<string> finds = [];
        foreach (var file in await Repository.FilesAsync())
        {
            var text = await File.ReadAllTextAsync(Repository.At(file), TestContext.Current.CancellationToken);
            finds.AddRange(Local().Matches(text).Select(match => $"{file}: {match.Value}"));
        }

        None(finds.Distinct());
    }

    private static bool IsInFileOfItsName(Type act) =>
        Directory
            .EnumerateFiles(Repository.At("src/Membership"), act.Name + ".cs", SearchOption.AllDirectories)
            .Any(file =>
                File.ReadLines(file)
                    .Any(line =>
                        line.StartsWith("public ", StringComparison.Ordinal)
                        && line.Contains($" class {act.Name}(", StringComparison.Ordinal)
                    )
            );

    private static void None(IEnumerable<string> offenders)
    {
        var listed = offenders.ToList();
        Assert.True(listed.Count == 0, $"{listed.Count}:\n  " + string.Join("\n  ", listed));
    }

    [GeneratedRegex("Npgsql|Sqlite", RegexOptions.IgnoreCase)]
    private static partial Regex Provider();

    [GeneratedRegex("(?:Service|Manager|Helper|Util|Utils|Utility|Utilities)$")]
    private static partial Regex EmptyWord();

    // Written so that the pattern does not find itself.
    [GeneratedRegex(@"^using ([A-Za-z0-9_.]+);")]
    private static partial Regex Import();

    [GeneratedRegex(
        @"(?<![\w.}])/(?:work|root)/[\w.-]+|registry[.]npmjs|registry[.]yarnpkg|(?:api|www)[.]nuget[.]org|nuget[.]org/|files[.]pythonhosted|pypi[.]org"
    )]
    private static partial Regex Local();
}
