using System.Text.RegularExpressions;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>What the documents say of the tree is there.</summary>
public sealed partial class DocumentTests
{
    /// <summary>A document that sends its reader to a file which was renamed is worse than one that sends nowhere.</summary>
    [Fact]
    public async Task Every_file_that_a_document_names_is_there()
    {
        var files = await Repository.FilesAsync();
        List<string> missing = [];
        var named = 0;
        foreach (var document in files.Where(file => file.EndsWith(".md", StringComparison.Ordinal) && file != "CHANGELOG.md"))
        {
            var text = await File.ReadAllTextAsync(Repository.At(document), TestContext.Current.CancellationToken);
            foreach (var path in NamedFile().Matches(text).Select(match => match.Groups["path"].Value.TrimStart('.', '/')))
            {
                named++;
                if (!files.Any(file => file == path || file.EndsWith("/" + path, StringComparison.Ordinal)))
                {
                    missing.Add($"{document}: {path}");
                }
            }
        }

        Assert.True(named > 50, $"only {named} names were found");
        Assert.Empty(missing);
    }

    [GeneratedRegex(@"`(?<path>[\w./-]+\.(?:cs|razor|sh|mjs|md))`")]
    private static partial Regex NamedFile();
}
