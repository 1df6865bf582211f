using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.AdminUi.PortalPages;

/// <summary>One request of somebody who came by a link to the set-up portal. Made by <see cref="PortalGate"/>; nobody is signed in.</summary>
public sealed class PortalVisit : PageRequest
{
    internal PortalVisit(HttpContext http, PortalSession session, PortalVisitor visitor, IFormCollection form)
        : base(http, form) => (Session, Visitor) = (session, visitor);

    /// <summary>The session that began with the link.</summary>
    public PortalSession Session { get; }

    /// <summary>Who came, and to where.</summary>
    public PortalVisitor Visitor { get; }

    /// <summary>The link as an actor.</summary>
    public Actor Actor => Visitor.Actor;

    /// <summary>The workspace.</summary>
    public WorkspaceContext Workspace => Visitor.Workspace;

    /// <summary>The link.</summary>
    public PortalLink Link => Visitor.Link;

    /// <summary>A path of the portal.</summary>
    /// <param name="below">What follows, beginning with a slash; empty for its start page.</param>
    public static string Path(string below = "") => "/portal" + below;

    /// <summary>A posted field without the blanks around it; empty when it was not sent.</summary>
    public override string Field(string name) => base.Field(name).Trim();

    /// <summary>The id in the address; the empty id, which names nothing, when it is none.</summary>
    public Id<T> RouteId<T>() => Id<T>.TryParse(Http.GetRouteValue("id") as string, out var id) ? id : default;

    /// <summary>The same request with the form that it posted.</summary>
    internal PortalVisit Posted(IFormCollection form) => new(Http, Session, Visitor, form);

    /// <summary>Leaves a sentence for the next page.</summary>
    public void Leave(Note note) => NoteCookie.Write(Http, Act<IDataProtectionProvider>(), Noted, note);

    /// <summary>The sentence that the last page left; null for none.</summary>
    public Note? Take() => NoteCookie.Take(Http, Act<IDataProtectionProvider>(), Noted);

    private Id<Session> Noted => new(Link.Id.Value);
}
