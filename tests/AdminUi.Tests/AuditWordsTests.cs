using System.Text.RegularExpressions;
using UserManagement.AdminUi.AuditPages;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>Every act that the product tells has words, and so has every act that it may refuse.</summary>
public partial class AuditWordsTests
{
    /// <summary>What looks like an act beside those that are, and acts that leave no line of their own.</summary>
    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["app.accessEnded"] = "a cause beside a line",
        ["app.assertion"] = "leaves no line",
        ["app.granted"] = "leaves no line",
        ["app.logoutAnswered"] = "leaves no line",
        ["app.tokenIssued"] = "leaves no line",
        ["app.tokensGivenBack"] = "leaves no line",
        ["audit.sealed"] = "leaves no line",
        ["auditStream.claimed"] = "leaves no line",
        ["auditStream.settled"] = "leaves no line",
        ["billing.told"] = "the line is that of the plan",
        ["connection.loginsDropped"] = "the line is that of the connection",
        ["directory.watched"] = "leaves no line",
        ["emailDomain.checked"] = "the line is that of what was found",
        ["held.previewed"] = "leaves a line only where it is refused",
        ["member.seen"] = "leaves no line",
        ["names.rekeyed"] = "leaves no line",
        ["once.settled"] = "leaves no line",
        ["outbox.settled"] = "leaves no line",
        ["outbox.fannedOut"] = "leaves no line",
        ["person.linesErased"] = "the line is that of the erasure",
        ["rule.previewed"] = "leaves a line only where it is refused",
        ["rules.mayGiveAdmin"] = "a field",
        ["rules.resolved"] = "a line for everybody to whom it gives something else",
        ["scim.hold"] = "a field",
        ["signIn.connections"] = "a field",
        ["totp.begun"] = "leaves no line",
        ["webhook.dropped"] = "leaves no line",
    };

    [Fact]
    public async Task Every_act_that_is_told_has_words()
    {
        var acts = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var text in TellersAsync())
        {
            acts.UnionWith(Name().Matches(text).Select(m => m.Groups[1].Value));
        }

        Assert.True(acts.Count > 150, $"only {acts.Count} acts were found");
        Assert.Equal([], acts.Except(AuditWords.Acts).Except(Exceptions.Keys));
        Assert.Equal([], Exceptions.Keys.Where(e => AuditWords.Acts.Contains(e) || !acts.Contains(e))); // an exception that is none any more
    }

    [Fact]
    public async Task Every_act_that_may_be_refused_has_words()
    {
        var acts = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var text in TellersAsync())
        {
            var constants = Constant().Matches(text).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
            if (Acting().IsMatch(text))
            {
                acts.UnionWith(Name().Matches(text).Select(m => m.Groups[1].Value));
            }

            foreach (Match change in Change().Matches(text))
            {
                var said = change.Groups[2].Value;
                foreach (Match name in Name().Matches(said))
                {
                    acts.Add(name.Groups[1].Value);
                }

                if (constants.TryGetValue(said.Trim(), out var act))
                {
                    acts.Add(act);
                }
            }
        }

        Assert.True(acts.Count > 80, $"only {acts.Count} acts were found");
        Assert.Equal([], acts.Except(AuditRefusals.Acts));
    }

    private static async IAsyncEnumerable<string> TellersAsync()
    {
        foreach (
            var file in (await Repository.FilesAsync()).Where(f =>
                f.StartsWith("src/", StringComparison.Ordinal)
                && f.EndsWith(".cs", StringComparison.Ordinal)
                && !f.Contains("/AuditPages/", StringComparison.Ordinal)
                && !f.Contains("/Migrations/", StringComparison.Ordinal)
            )
        )
        {
            var text = await File.ReadAllTextAsync(Repository.At(file));
            if (Teller().IsMatch(text))
            {
                yield return text;
            }
        }
    }

    [GeneratedRegex("\"([a-z][A-Za-z]*\\.[a-z][A-Za-z]*)\"")]
    private static partial Regex Name();

    [GeneratedRegex("const string (\\w+) = \"([a-z][A-Za-z]*\\.[a-z][A-Za-z]*)\"")]
    private static partial Regex Constant();

    /// <summary>An act in a workspace: who, where, which.</summary>
    [GeneratedRegex("ChangeAsync(?:<[^(]*>)?\\(\\s*[^,()]+,\\s*(?!\\s|null\\b)([^,()]+),\\s*([^,()]+),")]
    private static partial Regex Change();

    /// <summary>What many acts share: it is told which act it is.</summary>
    [GeneratedRegex(@"\b(MemberAct|DomainAct|WebhookAct)\.\w+\(")]
    private static partial Regex Acting();

    [GeneratedRegex(@"\bChangeAsync[<(]|\bTell(Facts)?\(|const string \w*Act\b|\b(MemberAct|DomainAct|WebhookAct)\.\w+\(")]
    private static partial Regex Teller();
}
