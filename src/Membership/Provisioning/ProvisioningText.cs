namespace UserManagement.Membership.Provisioning;

/// <summary>Text that came from outside, as any database and any page can hold it.</summary>
public static class ProvisioningText
{
    /// <summary>One line without control characters and lone surrogates, and not longer than it may be; null for null.</summary>
    public static string? Plain(string? text, int most)
    {
        if (text is null)
        {
            return null;
        }

        var cut = text.Length > most ? Key.Cut(text, most - 1) + "…" : text;
        return Key.IsText(cut) && !cut.AsSpan().ContainsAny('\t', '\n', '\r')
            ? cut
            : string.Concat(cut.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
    }
}
