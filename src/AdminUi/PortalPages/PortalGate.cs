using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Portals;
using UserManagement.Ui;

namespace UserManagement.AdminUi.PortalPages;

/// <summary>
/// Who gets to a page of the set-up portal: whoever has its cookie, while the link is live. What it opens is the core's to say; a page of
/// another part is hidden. Where the link is over, what was typed is shown once more, without secrets.
/// </summary>
internal static class PortalGate
{
    /// <summary>A page that is read.</summary>
    /// <param name="part">The part that it belongs to; none for the list of all.</param>
    /// <param name="page">The page.</param>
    public static RequestDelegate Page(PortalScopes part, Func<PortalVisit, Task<IResult>> page) =>
        PageGate.Answer(http =>
            Enter(http) switch
            {
                (null, var turnedAway) => Task.FromResult(turnedAway!),
                ({ } visit, _) when part != PortalScopes.None && !visit.Actor.Opens.HasFlag(part) => Task.FromResult(NotOpened()),
                ({ } visit, _) => page(visit),
            }
        );

    /// <summary>An act that is posted. Who has no link is turned away with the body unread.</summary>
    public static RequestDelegate Act(Func<PortalVisit, Task<IResult>> act) =>
        PageGate.Answer(async http =>
            http.Features.Get<PortalSession>() is not { } session ? NoLink()
            : !PostLimits.MayPost(Guid.TryParse(session.Id, out var id) ? id : default) ? PageGate.TooMany(http, 10)
            : await PageGate.PostedAsync(
                http,
                form =>
                    Enter(http) is ({ } visit, _) ? act(visit.Posted(form)) : Task.FromResult<IResult>(Over(session.Visitor.Refusal!, form))
            )
        );

    /// <summary>A refusal: on the page it belongs to, for whom that is open; else as a page of its own.</summary>
    public static Task<IResult> RefusedAsync(PortalVisit visit, PortalScopes part, Refusal refusal, Func<Task<IResult>> page) =>
        refusal.Code == "portalClosed" ? Task.FromResult<IResult>(Over(refusal, visit.Form))
        : Refusals.StaysOnPage(refusal.Kind) && visit.Actor.Opens.HasFlag(part) ? page()
        : Task.FromResult(Failed(refusal));

    /// <summary>A refusal as a page of its own.</summary>
    public static IResult Failed(Refusal refusal) =>
        PageRequest.Error(Refusals.Status(refusal.Kind), refusal.Message, PortalVisit.Path(), homeLabel: "Back to the set-up");

    private static (PortalVisit? Visit, IResult? TurnedAway) Enter(HttpContext http) =>
        http.Features.Get<PortalSession>() is not { } session ? (null, NoLink())
        : session.Visitor.Is(out var visitor, out var refusal) ? (new(http, session, visitor, FormCollection.Empty), null)
        : (null, Over(refusal, FormCollection.Empty));

    private static RazorComponentResult<PortalOverScreen> Over(Refusal refusal, IFormCollection form) =>
        new(new { refusal.Message, Typed = PortalTyped.Of(form) }) { StatusCode = Refusals.Status(refusal.Kind) };

    private static IResult NoLink() =>
        PageRequest.Error(
            StatusCodes.Status401Unauthorized,
            "These pages open by the link that you were sent. Open it again, in this browser.",
            title: "Open your link first"
        );

    private static IResult NotOpened() =>
        PageRequest.Error(
            StatusCodes.Status403Forbidden,
            "This link does not open that. Ask whoever sent it to you.",
            PortalVisit.Path(),
            homeLabel: "Back to the set-up"
        );
}

/// <summary>What was typed into a form whose link is over, to be copied.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">What was typed.</param>
public sealed record PortalTyped(string Label, string Value)
{
    /// <summary>The fields that people type into, secrets left out.</summary>
    private static readonly (string Name, string Label)[] Fields =
    [
        ("name", "Name"),
        ("authority", "Issuer"),
        ("clientId", "Client id"),
        ("listed", "Tenant or domain"),
        ("domain", "Domain"),
    ];

    internal static IReadOnlyList<PortalTyped> Of(IFormCollection form) =>
        [.. Fields.Select(f => new PortalTyped(f.Label, form[f.Name].ToString().Trim())).Where(t => t.Value.Length is > 0 and <= 4096)];
}
