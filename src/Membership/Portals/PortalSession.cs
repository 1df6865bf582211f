namespace UserManagement.Membership.Portals;

/// <summary>What the portal's cookie of a request tells: laid into the request's features, where the doors with pages find it.</summary>
/// <param name="Id">The session's own id, by chance; a form of it is worthless in another.</param>
/// <param name="Visitor">Who came, or why the link opens nothing any more.</param>
public sealed record PortalSession(string Id, Outcome<PortalVisitor> Visitor);
