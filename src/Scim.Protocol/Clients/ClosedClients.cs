namespace UserManagement.Scim.Protocol.Clients;

/// <summary>
/// Clients whose messages are closed: a member that their library did not know when it was made is a fault to them, and
/// they take no answer that has one. Those on scim2-models of python-scim (Canaille, scim2-client, scim2-tester) do not
/// take the block <c>pagination</c> of RFC 9865 before version 0.10. They send the User-Agent of their HTTP library, which
/// says no version of theirs, so that newer ones and other programs on it go without that block too; they lose nothing but
/// an advertisement.
/// </summary>
public static class ClosedClients
{
    private static readonly string[] Signs = ["python-httpx", "scim2-client", "scim2-tester", "scim2-cli", "canaille"];

    /// <summary>Whether a User-Agent is that of one of them; false for none.</summary>
    public static bool Is(string? userAgent) =>
        userAgent is not null && Array.Exists(Signs, sign => userAgent.Contains(sign, StringComparison.OrdinalIgnoreCase));
}
