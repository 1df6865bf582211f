using System.Text.RegularExpressions;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests;

/// <summary>
/// What a page offers, a program can do: every act of the core that the admin pages and the page of one's own sessions call is called by
/// this door too.
/// </summary>
public partial class ParityTests
{
    /// <summary>Acts that pages call and programs do not, each with its reason.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["BeginSignInTest"] = "a sign-in is tried by a person in a browser",
        ["ReadSignInTest"] = "what came of it is shown to that person alone",
        ["CorrectInvitationImport"] = "a program sends its rows again, with dryRun as often as it likes",
        ["CheckInvited"] = "a program looks at people beforehand as an import with dryRun, by the same rules",
        ["ReadIssuedInvitations"] = "the page to which a form leads; a program has the links in the answer to its call",
        ["SubmitOnce"] = "a form is done once by its number; a program sends an Idempotency-Key (RunOnce)",
        ["RuleGroups"] = "the groups that the form of a rule offers; a program lists the groups",
        ["FindSignInOptions"] = "a hint beside the form; a program reads the connections",
        ["SendTestMail"] = "whether a mail arrived is seen by a person who looks into their mailbox",
        ["SetLogo"] = "a picture is chosen by a person who looks at it",
        ["ReadSetUp"] = "the first steps are a hint to an admin who looks at the list; a program asks for each thing itself",
        ["ConfirmDirectory"] = "after a restore, that the directory has come again is said by whoever looked",
        ["ListOutbox"] = "the operator's page; an operator key sets plans, and a key of a workspace does nothing beyond it",
        ["RetryMessages"] = "the operator's page; an operator key sets plans, and a key of a workspace does nothing beyond it",
        ["ReadPortalProgress"] = "what has arrived so far is shown to whoever follows a set-up link",
        ["TryMapping"] = "a program that changes the configuration is told by the refusal who would have no name",
        ["OpenBillingPortal"] = "whoever pays goes to the portal in a browser",
        ["ReadMyApps"] = "the apps of a person are that person's own to see",
        ["WithdrawConsent"] = "what a person agreed to is that person's own to take back",
        ["ListConnections"] = "the connections call lists all that a page shows, through ConnectionPage",
    };

    [Fact]
    public async Task Every_act_of_the_admin_and_session_pages_has_its_call()
    {
        HashSet<string> pages = [.. await ActsAsync("src/AdminUi/"), .. await ActsAsync("src/Identity/Sessions/")];
        var calls = await ActsAsync("src/Api/");
        Assert.True(pages.Count > 20, $"only {pages.Count} acts were found in the pages");
        Assert.Equal([], pages.Except(calls).Except(Exceptions.Keys).Order(StringComparer.Ordinal));
        Assert.Equal([], Exceptions.Keys.Where(e => calls.Contains(e) || !pages.Contains(e))); // an exception that is none any more
    }

    private static async Task<HashSet<string>> ActsAsync(string folder)
    {
        var acts = typeof(MembershipRoom)
            .Assembly.GetExportedTypes()
            .Where(t =>
                t is { IsClass: true, IsAbstract: false }
                && t.GetConstructors() is [var only]
                && only.GetParameters() is [var first, ..]
                && first.ParameterType == typeof(Store)
            )
            .Select(t => t.Name)
            .ToHashSet();
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (
            var file in (await Repository.FilesAsync()).Where(f =>
                f.StartsWith(folder, StringComparison.Ordinal) && Path.GetExtension(f) is (".cs" or ".razor")
            )
        )
        {
            found.UnionWith(
                Calls().Matches(await File.ReadAllTextAsync(Repository.At(file))).Select(m => m.Groups[1].Value).Where(acts.Contains)
            );
        }

        return found;
    }

    [GeneratedRegex(@"\bAct<(\w+)>\(\)")]
    private static partial Regex Calls();
}
