using Microsoft.AspNetCore.Http;
using UserManagement.Identity.Http;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.InviteLinks;

namespace UserManagement.Identity.Invite;

/// <summary>What the page of a link for many shows.</summary>
public sealed record JoinLinkModel
{
    /// <summary>The link's secret, for the forms' bodies.</summary>
    public required string Secret { get; init; }

    /// <summary>The link.</summary>
    public required InviteLinkView View { get; init; }

    /// <summary>Whether people may have a password here.</summary>
    public required bool TakesPassword { get; init; }

    /// <summary>The providers that are offered, with where their sign-in begins.</summary>
    public required IReadOnlyList<(string Name, string Href)> Ways { get; init; }

    /// <summary>Who is signed in; null for nobody.</summary>
    public required SignedIn? Who { get; init; }

    /// <summary>Why the posted form failed; null at first.</summary>
    public required Failure? Failure { get; init; }

    /// <summary>As typed.</summary>
    public required string Email { get; init; }

    /// <summary>As typed.</summary>
    public required string Login { get; init; }

    /// <summary>The role, as people call it.</summary>
    public string Role => View.Role?.Label ?? View.Link.Role;
}

/// <summary>
/// Joining by a link for many: with a provider, as who is signed in, or by the mail to an address. It shares the routes of an invitation,
/// for the secret in the address is all that tells the two apart.
/// </summary>
internal static class JoinLink
{
    /// <summary>The link of a secret; null when it is none by which one can join.</summary>
    public static async Task<InviteLinkView?> FindAsync(Visit visit, string secret) =>
        (await visit.Act<ReadInviteLink>().RunAsync(secret, visit.Ct)).Is(out var view, out _) ? view : null;

    /// <summary>The page of a link, open or closed.</summary>
    public static async Task<IResult> ShowAsync(Visit visit, string secret, Failure? failure)
    {
        if (!(await visit.Act<ReadInviteLink>().RunAsync(secret, visit.Ct)).Is(out var view, out var refusal))
        {
            return refusal.Kind == RefusalKind.NotFound
                ? Visit.Error(StatusCodes.Status404NotFound, expired: true)
                : Visit.Show<ClosedLinkPage>(new { refusal.Message, SignedIn = visit.Who is not null }, status: StatusCodes.Status410Gone);
        }

        var options = await visit.Act<FindSignInOptions>().OfAsync(view.Workspace, visit.Ct);
        var shown = new JoinLinkModel
        {
            Secret = secret,
            View = view,
            TakesPassword = options.TakesPassword,
            Ways = [.. options.Connections.Select(c => (c.Name, $"/invite/{secret}/signin/{c.Id}"))],
            Who = visit.Who,
            Failure = failure,
            Email = visit.Field("email"),
            Login = visit.Field("login"),
        };
        return Visit.Show<JoinLinkPage>(new { Model = shown }, failure?.Refusal);
    }

    /// <summary>Mails the invitation to the address that was typed.</summary>
    public static async Task<IResult> MailAsync(Visit visit)
    {
        var secret = visit.Field("secret");
        var outcome = await visit.Act<JoinByLink>().AskAsync(secret, visit.Field("email"), visit.Ct);
        return outcome.Refusal is { } refusal
            ? await ShowAsync(visit, secret, new(Pane.Create, refusal))
            : SentEndpoints.Lead(visit, new(SentKind.LinkMail, visit.Field("email").Trim(), "/invite/" + secret));
    }
}
