namespace UserManagement.Membership;

/// <summary>
/// Every address of this installation that is shown, mailed or printed: made from the configured public URL alone,
/// never from a request, whose Host header anybody can choose.
/// </summary>
/// <param name="publicUrl">Where people and directories reach the installation; a path in it is kept.</param>
public sealed class Links(Uri publicUrl)
{
    /// <summary>The public URL without a slash at the end.</summary>
    public string Base { get; } = publicUrl.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>The name of the installation among others, as its public address has it.</summary>
    public string Host { get; } = publicUrl.Host;

    /// <summary>Accepts an invitation, or joins by a link for many.</summary>
    public string Invitation(string secret) => $"{Base}/invite/{secret}";

    /// <summary>Proves the address of somebody who asks to join.</summary>
    public string AskToJoin(string secret) => $"{Base}/ask/{secret}";

    /// <summary>Opens the set-up portal.</summary>
    public string Portal(string secret) => $"{Base}/portal/{secret}";

    /// <summary>Sets a new password.</summary>
    public string PasswordReset(string secret) => $"{Base}/reset/{secret}";

    /// <summary>Signs an admin in once.</summary>
    public string AdminSignIn(string secret) => $"{Base}/enter/{secret}";

    /// <summary>
    /// Where an OpenID provider sends people back to: the redirect address that is registered there, one for each connection.
    /// </summary>
    public string ProviderCallback(Id<Connections.IdentityConnection> connection) => $"{Base}/signin/{connection}/callback";

    /// <summary>The invitations of a workspace, for who manages them.</summary>
    public string Invitations(string slug) => $"{Base}/w/{slug}/invitations";

    /// <summary>The plan of a workspace, for who comes back from the billing portal.</summary>
    public string Subscription(string slug) => $"{Base}/w/{slug}/subscription";

    /// <summary>Who asks to join a workspace, for who decides.</summary>
    public string JoinRequests(string slug) => $"{Base}/w/{slug}/join-requests";

    /// <summary>What admins ask a second one for, for who decides.</summary>
    public string Approvals(string slug) => $"{Base}/w/{slug}/approvals";

    /// <summary>Who waits for a seat in a workspace, for who looks after it.</summary>
    public string WaitingForSeat(string slug) => $"{Base}/w/{slug}/seats/waiting";

    /// <summary>The access reviews of a workspace, for who manages its people.</summary>
    public string Reviews(string slug) => $"{Base}/w/{slug}/access-reviews";

    /// <summary>An access review, for who decides in it.</summary>
    public string Review(string slug, Id<Reviews.AccessReview> review) => $"{Reviews(slug)}/{review}";

    /// <summary>The page of a member, for who may see it.</summary>
    public string Member(string slug, Id<Members.Member> member) => $"{Base}/w/{slug}/members/{member}";

    /// <summary>A workspace, for its people.</summary>
    public string Workspace(string slug) => $"{Base}/w/{slug}";

    /// <summary>The directory page of a workspace, for who manages it.</summary>
    public string Directory(string slug) => $"{Base}/w/{slug}/directory";

    /// <summary>The SCIM base URL of a workspace, to be entered at the directory.</summary>
    public string Scim(string slug) => $"{Base}/scim/v2/{slug}";

    /// <summary>Where an app gets its tokens (OAuth 2.0, RFC 6749 section 3.2).</summary>
    public string Token => $"{Base}/connect/token";

    /// <summary>The REST base URL of a workspace, for programs.</summary>
    public string Rest(string slug) => $"{Base}/api/v1/workspaces/{slug}";

    /// <summary>The documentation of the APIs.</summary>
    public string Docs => $"{Base}/docs";
}
