using UserManagement.Membership.Domains;

namespace UserManagement.AdminUi.AccessPages;

/// <summary>The words in which pages speak of e-mail domains.</summary>
public static class AccessWords
{
    /// <summary>What addresses of a domain open.</summary>
    public static string Join(DomainJoin join) =>
        join switch
        {
            DomainJoin.Request => "May ask to join",
            DomainJoin.Automatic => "Join automatically",
            _ => "Off",
        };
}
