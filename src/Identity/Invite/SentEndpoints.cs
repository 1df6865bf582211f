using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Identity.Home;
using UserManagement.Identity.Http;

namespace UserManagement.Identity.Invite;

/// <summary>What was sent by a form on the way into a workspace.</summary>
internal enum SentKind
{
    /// <summary>The mail to an address by which somebody joins by a link for many.</summary>
    LinkMail,

    /// <summary>The mail to an address of a workspace's e-mail domain.</summary>
    DomainMail,

    /// <summary>A request that waits for an admin from now on.</summary>
    Request,

    /// <summary>Word to the inviter that the invitation needs correcting.</summary>
    Correction,
}

/// <summary>What the page says.</summary>
/// <param name="Kind">What was sent.</param>
/// <param name="Name">The address as typed, or the workspace's name; empty where none is told.</param>
/// <param name="Href">The way back; empty for none.</param>
internal sealed record Sent(SentKind Kind, string Name, string Href);

/// <summary>
/// The page to which such a form leads: loading it again sends nothing again, and an address or a secret stands sealed in its own address.
/// </summary>
internal static class SentEndpoints
{
    private const string Page = "/sent";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(Page, Gate.Page(visit => Task.FromResult(Show(visit))));

    /// <summary>Leads to it.</summary>
    public static IResult Lead(Visit visit, Sent sent) => Visit.SeeOther($"{Page}?of={Ticket<Sent>.Seal(visit, sent)}");

    private static IResult Show(Visit visit) =>
        Ticket<Sent>.Open(visit, visit.Query("of")) switch
        {
            { Kind: SentKind.LinkMail } sent => Visit.Show<LinkMailedPage>(new { Email = sent.Name, sent.Href }),
            { Kind: SentKind.DomainMail } sent => Visit.Show<AskMailedPage>(new { Email = sent.Name, sent.Href }),
            { Kind: SentKind.Request } sent => Visit.Show<WaitsPage>(new { Workspace = sent.Name }),
            { Kind: SentKind.Correction } sent => Visit.Show<AskedPage>(new { sent.Href }),
            _ => Visit.Error(StatusCodes.Status404NotFound, "What was sent stood here for a quarter of an hour."),
        };
}
