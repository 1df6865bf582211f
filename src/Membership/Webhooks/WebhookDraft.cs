namespace UserManagement.Membership.Webhooks;

/// <summary>What people say of an endpoint.</summary>
public sealed record WebhookDraft
{
    /// <summary>Which app it is, 1 to 100 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is told: an absolute https address.</summary>
    public required string Url { get; init; }

    /// <summary>Of which events (<see cref="EventType.All"/>); empty for all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>In which form.</summary>
    public WebhookFormat Format { get; init; }

    /// <summary>For whom tokens are meant; null for the address. Only for <see cref="WebhookFormat.SecurityEvent"/>.</summary>
    public string? Audience { get; init; }

    /// <summary>Whether it is told.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>What is said of an endpoint now.</summary>
    public static WebhookDraft Of(Webhook webhook)
    {
        ArgumentNullException.ThrowIfNull(webhook);
        return new()
        {
            Name = webhook.Name,
            Url = webhook.Url,
            Types = webhook.TypeList,
            Format = webhook.Format,
            Audience = webhook.Audience,
            Enabled = webhook.DisabledAt is null,
        };
    }

    /// <summary>The first thing that is wrong; null when nothing is.</summary>
    internal Refusal? Check(WebhookRules rules) =>
        Key.Check("name", Name) is not null || Name.Length > 100
            ? Wrong("name", "invalidName", "An endpoint has a name of 1 to 100 characters.")
        : !IsAddress(Url, rules.MayUseHttp)
            ? Wrong("url", "invalidUrl", "An endpoint's address is an absolute https address without a user or a fragment.")
        : Types.FirstOrDefault(t => !EventType.IsKnown(t)) is { } type
            ? Wrong(
                "types",
                "unknownEventType",
                $"There is no event {Key.Cut(type, 100)}. There are: {string.Join(", ", EventType.All.Select(t => t.Type))}."
            )
        : Audience is not null && (Format != WebhookFormat.SecurityEvent || Key.Check("audience", Audience) is not null)
            ? Wrong("audience", "invalidAudience", "An audience is a text of up to 255 characters, for security event tokens alone.")
        : null;

    /// <summary>The row with what is said; a change of address begins with a clean slate.</summary>
    internal Webhook On(Webhook row, DateTimeOffset at) =>
        row with
        {
            Name = Name.Trim(),
            Url = Url,
            Types = string.Join(' ', EventType.All.Select(t => t.Type).Where(Types.Contains)),
            Format = Format,
            Audience = Audience,
            DisabledAt = Enabled ? null : row.DisabledAt ?? at,
            DisabledReason = Enabled ? null : row.DisabledReason,
            FailingSince = Url == row.Url && (!Enabled || row.DisabledAt is null) ? row.FailingSince : null,
        };

    private static Refusal Wrong(string field, string code, string message) => new(RefusalKind.Invalid, code, message, field);

    /// <summary>Whether it is an address to which events may be posted.</summary>
    internal static bool IsAddress(string text, bool mayUseHttp) =>
        text.Length is > 0 and <= 2000
        && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '#' or '\\')
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.UserInfo.Length == 0
        && uri.Host.Length > 0
        && (uri.Scheme == Uri.UriSchemeHttps || (mayUseHttp && uri.Scheme == Uri.UriSchemeHttp));
}
