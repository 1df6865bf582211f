using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership.Provisioning;
using UserManagement.Ui;
using UserManagement.Ui.Parts;

namespace UserManagement.AdminUi.ProvisioningPages;

/// <summary>How pages tell a line of the provisioning log: a picture, a colour, and what came of it in words.</summary>
/// <param name="Icon">Picture.</param>
/// <param name="Tone">Colour.</param>
/// <param name="Came">What came of it, behind the name: "was created".</param>
public sealed record ProvisioningWords(IconName Icon, Tone Tone, string Came)
{
    private static readonly JsonSerializerOptions Spread = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The words for a line.</summary>
    public static ProvisioningWords For(ProvisioningLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.Outcome switch
        {
            ProvisioningOutcome.Created => new(IconName.Plus, Tone.Success, "was created"),
            ProvisioningOutcome.Changed when line.Failed => new(IconName.Warning, Tone.Warning, "was changed in part"),
            ProvisioningOutcome.Changed => new(IconName.Edit, Tone.Accent, "was changed"),
            ProvisioningOutcome.Unchanged => new(IconName.Check, Tone.Neutral, "was so already"),
            ProvisioningOutcome.Activated => new(IconName.Check, Tone.Success, "was activated"),
            ProvisioningOutcome.Deactivated => new(IconName.Ban, Tone.Warning, "was deactivated"),
            ProvisioningOutcome.Deleted => new(IconName.Trash, Tone.Danger, "was deleted"),
            ProvisioningOutcome.Held => new(IconName.Clock, Tone.Warning, "is held: it waits for an admin"),
            ProvisioningOutcome.Read => new(IconName.Eye, Tone.Neutral, line.Times == 1 ? "was read" : $"{Number(line.Times)} more reads"),
            ProvisioningOutcome.Absent when HttpMethods.IsDelete(line.Method) => new(IconName.Trash, Tone.Neutral, "was gone already"),
            ProvisioningOutcome.Absent => new(
                IconName.Search,
                Tone.Neutral,
                line.Times == 1 ? "was looked for and is not here" : $"{Number(line.Times)} more looks for somebody who is not here"
            ),
            ProvisioningOutcome.Refused when line.Times > 1 => new(
                IconName.Ban,
                Tone.Danger,
                $"{Number(line.Times)} requests were refused"
            ),
            ProvisioningOutcome.Refused => new(IconName.Ban, Tone.Danger, "was refused"),
            ProvisioningOutcome.Fault => new(IconName.Alert, Tone.Danger, "met a fault"),
            ProvisioningOutcome.Lost => new(IconName.Warning, Tone.Warning, $"lacks {Number(line.Times)} requests here"),
            _ => new(IconName.Clock, Tone.Neutral, "came"),
        };
    }

    /// <summary>Whom it is about, or the address where it is about nobody.</summary>
    public static string Target(ProvisioningLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.TargetName is { Length: > 0 } name ? name
            : line.ErasedAt is not null ? "Somebody who was erased"
            : line is { ClientId: var client, Status: > 0 } && client == Guid.Empty ? "An unknown sender"
            : line.Outcome == ProvisioningOutcome.Lost ? "The log"
            : line.TargetId is { } id ? id.ToString("D")
            : line.Path;
    }

    /// <summary>Method, address, status and keyword in one line.</summary>
    public static string Wire(ProvisioningLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return string.Join(
            " ",
            new[]
            {
                line.Method,
                line.Path,
                line.Status == 0 ? null : line.Status.ToString(CultureInfo.InvariantCulture),
                line.ScimType,
            }.Where(t => t is { Length: > 0 })
        );
    }

    /// <summary>JSON on several lines; what was cut is none and stays as it is.</summary>
    public static string Laid(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return JsonSerializer.Serialize(document.RootElement, Spread);
        }
        catch (JsonException)
        {
            return json + " …";
        }
    }

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
