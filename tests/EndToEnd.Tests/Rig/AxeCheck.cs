using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>
/// Accessibility as axe sees it, all rules, best practices included. Axe is run in the page itself: the package's own way
/// opens a window for each run, for the sake of frames, which our pages do not have.
/// </summary>
public static class AxeCheck
{
    private const string Run = """
        async () => {
          const found = await axe.run(document, { resultTypes: ['violations'] });
          return found.violations.flatMap(v => v.nodes.map(n => `${v.id} (${v.impact}): ${v.help}\n    ${n.html}\n    ${n.any.map(a => a.message).join('; ')}`)).join('\n  ');
        }
        """;

    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    /// <summary>Fails with rule, sentence and the elements when axe finds anything on the page as it stands.</summary>
    public static async Task NoViolations(IPage page)
    {
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
        {
            await page.EvaluateAsync(Script);
        }

        var found = await page.EvaluateAsync<string>(Run);
        Assert.True(found.Length == 0, $"axe on {page.Url}:\n  {found}");
    }
}
