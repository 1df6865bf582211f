using UserManagement.AdminUi.Http;
using UserManagement.Membership.Webhooks;

namespace UserManagement.AdminUi.WebhookPages;

/// <summary>What is typed about an endpoint.</summary>
/// <param name="Name">Which app it is.</param>
/// <param name="Url">Where it is told.</param>
/// <param name="Format">In which form.</param>
/// <param name="Audience">For whom tokens are meant; empty for the address.</param>
/// <param name="Types">Of which events; none for all.</param>
public sealed record WebhookForm(string Name, string Url, WebhookFormat Format, string Audience, IReadOnlyList<string> Types)
{
    /// <summary>An empty one.</summary>
    public static WebhookForm Empty { get; } = new("", "", WebhookFormat.Standard, "", []);

    /// <summary>Of an endpoint as it is.</summary>
    public static WebhookForm Of(Webhook row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new(row.Name, row.Url, row.Format, row.Audience ?? "", row.TypeList);
    }

    /// <summary>As it was posted.</summary>
    public static WebhookForm Read(Visit visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        return new(
            visit.Field("name"),
            visit.Field("url"),
            visit.Field("format") == "securityEvent" ? WebhookFormat.SecurityEvent : WebhookFormat.Standard,
            visit.Field("audience"),
            [.. visit.Form["types"].OfType<string>()]
        );
    }

    /// <summary>The draft.</summary>
    /// <param name="enabled">Whether it is on.</param>
    public WebhookDraft Draft(bool enabled) =>
        new()
        {
            Name = Name,
            Url = Url,
            Format = Format,
            Audience = Format == WebhookFormat.SecurityEvent && Audience.Length > 0 ? Audience : null,
            Types = Types,
            Enabled = enabled,
        };
}
