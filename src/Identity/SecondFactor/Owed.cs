using Microsoft.AspNetCore.Http;
using UserManagement.Identity.Http;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;

namespace UserManagement.Identity.SecondFactor;

/// <summary>Where a person is led who owes something before a page opens.</summary>
internal static class Owed
{
    public const string Second = "/signin/second";
    public const string Again = "/signin/again";
    public const string SetUp = "/profile/security/set-up";

    /// <summary>The page on which it is paid; it leads back.</summary>
    /// <param name="demand">What is owed.</param>
    /// <param name="returnUrl">Where it leads back to.</param>
    /// <param name="slug">The workspace to which it is owed, where it is owed to one.</param>
    public static string Path(RequiredAction demand, string returnUrl, string? slug) =>
        demand switch
        {
            RequiredAction.SecondFactor => With(Second, returnUrl),
            RequiredAction.Again => With(Again, returnUrl) + "&ended=1",
            RequiredAction.SetUp => With(SetUp, returnUrl),
            RequiredAction.Terms => With($"/w/{slug}/terms", returnUrl),
            _ => returnUrl,
        };

    /// <summary>A page with the way back.</summary>
    public static string With(string page, string returnUrl) => $"{page}?returnUrl={Uri.EscapeDataString(returnUrl)}";

    /// <summary>
    /// Whether the person's proof is too old for what is sensitive, or lacks the second factor: the core asks the same again.
    /// </summary>
    public static bool IsStale(Visit visit, SignedIn who) =>
        !(visit.Act<Store>().Time.Now() < RecentAuthentication.Until(who.Session, who.Factor));

    /// <summary>The same for setting up a second factor, which a first one may be although the proof is undated.</summary>
    public static async Task<bool> IsStaleForSetUpAsync(Visit visit, SignedIn who) =>
        IsStale(visit, who) && !(await visit.Act<ProveAgain>().ReadAsync(who, visit.Ct)).FirstFactor;

    /// <summary>The address of this request, to come back to; the given page for a form.</summary>
    public static string Here(Visit visit, string afterForm = "/") =>
        HttpMethods.IsGet(visit.Http.Request.Method)
            ? ReturnUrl.Local(visit.Http.Request.Path + visit.Http.Request.QueryString)
            : afterForm;
}
