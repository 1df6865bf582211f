using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>Accessibility as axe sees it, all rules, best practices included.</summary>
public static class AxeCheck
{
    /// <summary>Fails with rule, sentence and the elements when axe finds anything on the page as it stands.</summary>
    public static async Task NoViolations(IPage page)
    {
        var found = await page.RunAxe();
        var lines = found.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id} ({violation.Impact}): {violation.Help}\n    {node.Html}"));
        Assert.True(found.Violations.Length == 0, $"axe on {page.Url}:\n  " + string.Join("\n  ", lines));
    }
}
