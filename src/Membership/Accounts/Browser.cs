namespace UserManagement.Membership.Accounts;

/// <summary>What a browser tells about itself when somebody signs in: shown to the person later, never trusted.</summary>
public sealed record Browser
{
    /// <summary>Nothing known: the verbs, and tests.</summary>
    public static Browser Unknown { get; } = new(null, null);

    /// <param name="userAgent">The header as sent; cut to 200 characters, control characters taken out.</param>
    /// <param name="address">The remote address; null when unknown.</param>
    public Browser(string? userAgent, string? address)
    {
        UserAgent = Clean(userAgent);
        Address = Clean(address);
    }

    /// <summary>The User-Agent; null when none was sent.</summary>
    public string? UserAgent { get; }

    /// <summary>The remote address; null when unknown.</summary>
    public string? Address { get; }

    private static string? Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var kept = string.Concat(text.Take(400).Where(c => !char.IsControl(c) && !char.IsSurrogate(c)));
        return kept.Length > 200 ? kept[..200] : kept;
    }
}
