using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Domains;
using UserManagement.Membership.InviteLinks;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>
/// No page makes a secret and shows it without a form number: an act that gives a secret back is called by pages within
/// <c>SubmitOnce</c>, or stands below with the reason why a second post makes no second secret.
/// </summary>
public sealed partial class OnceFormsTests
{
    private static readonly Dictionary<Type, string> WithoutNumber = new()
    {
        [typeof(CopyInviteLink)] = "shows what is there",
        [typeof(ListInviteLinks)] = "a page that is read: the link that was just given, to whom it was given",
        [typeof(Membership.Invitations.ReadIssuedInvitations)] = "a page that is read: the links that were just made, to whoever made them",
        [typeof(SetUpTotp)] = "what waits to be confirmed is gone with the first post; the answer's codes come with the first factor alone",
        [typeof(Passkeys)] = "the browser's answer to a challenge is taken once; the codes come with the first factor alone",
        [typeof(AskToJoin)] = "answers 303",
    };

    /// <summary>What a session is goes into a cookie and onto no page; rows hold what is hashed, sealed or public.</summary>
    private static readonly HashSet<Type> NotShown =
    [
        typeof(OpenedSession),
        typeof(Membership.Data.PageCursor), // the key of a place in a list
        .. typeof(Membership.Data.MembershipDb).GetProperties().SelectMany(set => set.PropertyType.GetGenericArguments()),
    ];

    [Fact]
    public async Task No_page_makes_a_secret_without_the_number_of_its_form()
    {
        var acts = new ServiceCollection()
            .AddMembership()
            .Select(s => s.ServiceType)
            .Where(act => act.IsClass && act.GetMethods().Any(m => Secrets(m.ReturnType, 0)))
            .ToList();
        Assert.Contains(typeof(Membership.Access.CreateApiKey), acts); // the search finds what it is for
        Assert.Contains(typeof(Membership.Invitations.InvitePeople), acts);
        List<string> bare = [];
        var seen = new HashSet<Type>();
        foreach (var file in (await Repository.FilesAsync()).Where(IsOfPages))
        {
            var text = await File.ReadAllTextAsync(Repository.At(file), TestContext.Current.CancellationToken);
            foreach (var act in acts)
            {
                foreach (var call in Regex.EnumerateMatches(text, $@"\bAct<(?:\w+\.)*{act.Name}>\(\)"))
                {
                    seen.Add(act);
                    var before = text[..call.Index];
                    var begins = Method().Matches(before).LastOrDefault()?.Index ?? 0;
                    if (!Once().IsMatch(before[begins..]) && !WithoutNumber.ContainsKey(act))
                    {
                        bare.Add($"{file}: {act.Name}");
                    }
                }
            }
        }

        Assert.True(bare.Count == 0, "Outside of a SubmitOnce:\n  " + string.Join("\n  ", bare));
        Assert.True(seen.Count >= 10, string.Join(' ', seen));
    }

    private static bool IsOfPages(string file) =>
        file.EndsWith(".cs", StringComparison.Ordinal)
        && ((string[])["src/AdminUi/", "src/Identity/", "src/Provider/"]).Any(room => file.StartsWith(room, StringComparison.Ordinal));

    /// <summary>Whether what is given back holds a secret: a text, or texts, of a name that secrets have here.</summary>
    private static bool Secrets(Type type, int depth) =>
        depth < 7
        && (
            type.GetGenericArguments().Any(a => Secrets(a, depth + 1))
            || (
                type.Assembly == typeof(MembershipRoom).Assembly
                && !NotShown.Contains(type)
                && !type.IsGenericType
                && type.GetProperties()
                    .Any(p =>
                        (p.PropertyType == typeof(string) || p.PropertyType == typeof(IReadOnlyList<string>)) && Named().IsMatch(p.Name)
                    )
            )
        );

    [GeneratedRegex("^(?:Key|Token|Codes|RecoveryCodes|\\w*Secret)$")]
    private static partial Regex Named();

    [GeneratedRegex(@"\n    (?:public|private|internal) static ")]
    private static partial Regex Method();

    [GeneratedRegex(@"\bOnce\s*\.(?:Run|Lead)Async\(|Act<SubmitOnce>\(\)")]
    private static partial Regex Once();
}
