namespace UserManagement.Testing;

/// <summary>Addresses that no app may have, and those that it may: one table for the core, the pages and REST.</summary>
public static class AppAddresses
{
    /// <summary>
    /// A bad one; whether schemes of an app's own are taken where it stands; and what the sentence about it says.
    /// </summary>
    public static IReadOnlyList<(string Address, bool OwnSchemes, string Sentence)> Bad { get; } =
    [
        ("", false, "1 to 2000"),
        ("https://a.example/" + new string('a', 2000), false, "1 to 2000"),
        ("https://a.example/c b", false, "a blank"),
        ("https://a.example/\t", false, "a blank"),
        ("https://a.example/\u00a0cb", false, "a blank"),
        ("https://a.example/cb\u0007", false, "a control character"),
        ("https://*.a.example/cb", false, "without a wildcard"),
        ("https://a.example/*", false, "without a wildcard"),
        ("https://a.example/cb#x", false, "no fragment"),
        ("https://a.example\\cb", false, "a backslash"),
        ("/signin-oidc", false, "no full address"),
        ("//a.example/cb", false, "no full address"),
        ("a.example/cb", false, "no full address"),
        ("https://", false, "no full address"),
        ("https:///cb", false, "no full address"),
        ("https://me:pw@a.example/cb", false, "names a user"),
        ("https://a.example/x/../cb", false, ".. in its path"),
        ("http://a.example/cb", false, "http is for localhost alone"),
        ("http://10.0.0.1/cb", false, "http is for localhost alone"),
        ("http://loopback/cb", false, "http is for localhost alone"),
        ("http://localhost.a.example/cb", true, "http is for localhost alone"),
        ("com.example.app:/cb", false, "a scheme of its own"),
        ("javascript:alert(1)", true, "does not begin with https://"),
        ("data:text/html,x", true, "does not begin with https://"),
        ("ftp://a.example/cb", false, "does not begin with https://"),
        ("file:///etc/passwd", true, "does not begin with https://"),
    ];

    /// <summary>A good one, and whether only where schemes of an app's own are taken.</summary>
    public static IReadOnlyList<(string Address, bool OwnSchemes)> Good { get; } =
    [
        ("https://a.example/cb?x=1", false),
        ("https://a.example", false),
        ("http://localhost:5000/cb", false),
        ("http://127.0.0.1/cb", false),
        ("http://[::1]:9/cb", false),
        ("com.example.app:/cb", true),
    ];
}
