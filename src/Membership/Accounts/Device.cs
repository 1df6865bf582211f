namespace UserManagement.Membership.Accounts;

/// <summary>
/// A readable name for a browser's User-Agent (RFC 9110 section 10.1.5). A guess for people to tell their devices apart:
/// browsers say what they like.
/// </summary>
public static class Device
{
    // The first that is found counts: nearly all of them also claim to be Safari, and many to be Chrome.
    private static readonly (string Sign, string Name)[] Browsers =
    [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Vivaldi", "Vivaldi"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chromium", "Chromium"),
        ("HeadlessChrome", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
        ("curl", "curl"),
    ];

    private static readonly (string Sign, string Name)[] Systems =
    [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Macintosh", "macOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>The name, such as <c>Firefox on Windows</c>.</summary>
    /// <param name="userAgent">As stored; null when none was sent.</param>
    public static string Name(string? userAgent)
    {
        var browser = Find(Browsers, userAgent);
        var system = Find(Systems, userAgent);
        return (browser, system) switch
        {
            (null, null) => "Unknown device",
            (null, _) => system,
            (_, null) => browser,
            _ => $"{browser} on {system}",
        };
    }

    private static string? Find((string Sign, string Name)[] signs, string? text) =>
        text is null ? null : signs.FirstOrDefault(s => text.Contains(s.Sign, StringComparison.Ordinal)).Name;
}
