using UserManagement.Membership;

namespace UserManagement.Identity.SecondFactor;

/// <summary>
/// For whom passkeys are made: the host of the configured public URL and its origin, never what a header says (Web
/// Authentication section 5.1.2: the relying party's id is a domain).
/// </summary>
/// <param name="Id">The domain.</param>
/// <param name="Origin">The one origin from which answers are taken.</param>
internal sealed record PasskeyParty(string Id, string Origin)
{
    /// <summary>Null where the server is named by an IP address: browsers make no passkeys for those.</summary>
    public static PasskeyParty? Of(Links links)
    {
        var url = new Uri(links.Base);
        return url.HostNameType == UriHostNameType.Dns
            ? new(url.IdnHost, $"{url.Scheme}://{url.IdnHost}{(url.IsDefaultPort ? "" : ":" + url.Port)}")
            : null;
    }
}
