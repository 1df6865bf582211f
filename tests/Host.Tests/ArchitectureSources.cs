using System.Text.RegularExpressions;
using UserManagement.Testing;

namespace UserManagement.Host.Tests;

/// <summary>What the text of the source files shows and the compiled assemblies do not.</summary>
internal static partial class ArchitectureSources
{
    /// <summary>Written source below <c>src/</c>, without migrations, which a tool writes.</summary>
    public static async Task<IReadOnlyList<string>> SourcesAsync(params string[] extensions) =>
        [
            .. (await Repository.FilesAsync()).Where(file =>
                file.StartsWith("src/", StringComparison.Ordinal)
                && extensions.Contains(Path.GetExtension(file))
                && !file.Contains("/Migrations/", StringComparison.Ordinal)
            ),
        ];

    /// <summary>Public types without a doc comment, as "file: name". One documented part speaks for all parts of a partial type.</summary>
    public static IReadOnlyList<string> UndocumentedTypes(IEnumerable<(string File, string Text)> sources)
    {
        List<(string File, string Name, bool Partial, bool Documented)> found = [];
        foreach (var (file, text) in sources)
        {
            var lines = text.Split('\n');
            for (var number = 0; number < lines.Length; number++)
            {
                var type = PublicType().Match(lines[number]);
                if (type.Success)
                {
                    found.Add(
                        (
                            file,
                            type.Groups["name"].Value,
                            type.Value.Contains(" partial ", StringComparison.Ordinal),
                            HasDocComment(lines, number)
                        )
                    );
                }
            }
        }

        var documented = found.Where(type => type.Documented).Select(type => (Path.GetDirectoryName(type.File), type.Name)).ToHashSet();
        return
        [
            .. found
                .Where(type => !type.Documented && !(type.Partial && documented.Contains((Path.GetDirectoryName(type.File), type.Name))))
                .Select(type => $"{type.File}: {type.Name}"),
        ];
    }

    /// <summary>
    /// The numbers of lines with more columns, but for those with a text in them: in quotation marks, or within a raw one.
    /// </summary>
    public static IEnumerable<int> WideLines(string text, int columns)
    {
        var isRaw = false;
        foreach (var (line, i) in text.Split('\n').Select((line, i) => (line, i)))
        {
            if (line.Length > columns && !isRaw && !line.Contains('"', StringComparison.Ordinal))
            {
                yield return i + 1;
            }

            isRaw ^= line.Split("\"\"\"").Length % 2 == 0;
        }
    }

    // Upwards over attributes, which may take several lines, and preprocessor lines to the nearest other line.
    private static bool HasDocComment(string[] lines, int declaration)
    {
        var insideAttribute = false;
        for (var number = declaration - 1; number >= 0; number--)
        {
            var line = lines[number].Trim();
            insideAttribute = (insideAttribute || line.EndsWith(']')) && !line.StartsWith('[');
            if (!insideAttribute && !line.StartsWith('[') && !line.StartsWith('#'))
            {
                return line.StartsWith("///", StringComparison.Ordinal);
            }
        }

        return false;
    }

    [GeneratedRegex(
        @"^\s*public\s+(?:(?:sealed|static|abstract|partial|readonly|ref|unsafe|new)\s+)*(?:record\s+struct|record\s+class|class|record|struct|interface|enum|delegate\s+[\w<>?,\s\[\]]+?)\s+(?<name>\w+)"
    )]
    private static partial Regex PublicType();
}
