using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;

namespace UserManagement.AdminUi.InvitationPages;

/// <summary>What the invite form holds, as it was typed; what the configuration does not offer is not read.</summary>
public sealed record InviteForm
{
    /// <summary>
    /// The addresses or user names as typed: one a line, or separated by commas, semicolons or blanks; also as a mail
    /// program lists them.
    /// </summary>
    public string People { get; init; } = "";

    /// <summary>Whether one person is asked for where several may be invited.</summary>
    public bool One { get; init; }

    /// <summary>The role's key; empty for the workspace's default.</summary>
    public string Role { get; init; } = "";

    /// <summary>The license's key; empty for the workspace's default.</summary>
    public string License { get; init; } = "";

    /// <summary>The provider.</summary>
    public IdentityProvider Provider { get; init; } = IdentityProvider.Any;

    /// <summary>The Entra tenant; empty for any.</summary>
    public string TenantId { get; init; } = "";

    /// <summary>Another address for the mail; empty for none.</summary>
    public string NotifyEmail { get; init; } = "";

    /// <summary>Whether mail is sent.</summary>
    public bool SendMail { get; init; } = true;

    /// <summary>The groups that were ticked.</summary>
    public IReadOnlyList<Id<Group>> Groups { get; init; } = [];

    /// <summary>An empty form with the workspace's defaults.</summary>
    public static InviteForm New(Visit visit) =>
        new()
        {
            One = visit.Query("one") == "1",
            Role = visit.Configuration.Join.DefaultRole,
            License = visit.Configuration.Join.DefaultLicense ?? "",
            Provider = visit.Configuration.Invitations.Providers[0],
        };

    /// <summary>What was posted.</summary>
    public static InviteForm Read(Visit visit)
    {
        var rules = visit.Configuration.Invitations;
        return new()
        {
            People = string.Join('\n', visit.Form["people"].OfType<string>()).Trim(), // each chip is a field
            One = visit.Field("one") == "1",
            Role = visit.Field("role"),
            License = visit.Field("license"),
            Provider =
                rules.Providers.Count == 1 ? rules.Providers[0]
                : Enum.TryParse<IdentityProvider>(visit.Field("provider"), true, out var provider) && Enum.IsDefined(provider) ? provider
                : rules.Providers[0],
            TenantId = rules.TenantId ? visit.Field("tenantId") : "",
            NotifyEmail = rules.NotifyEmail ? visit.Field("notifyEmail") : "",
            SendMail = !rules.ChooseMail || visit.Ticked("sendMail"),
            Groups = [.. visit.Form["groups"].Where(g => g is not null).Select(g => Id<Group>.TryParse(g, out var id) ? id : default)],
        };
    }

    /// <summary>
    /// For the core. Where one person at a time is invited, what was typed is one name, whatever it holds, but for the name before an
    /// address in angle brackets.
    /// </summary>
    /// <param name="several">Whether the workspace lets several be invited at once.</param>
    public InvitationRequest ToRequest(bool several) =>
        new()
        {
            UserNames = several
                ? PastedNames.Of(People)
                : [People.Contains('<', StringComparison.Ordinal) && PastedNames.Of(People) is [var one] ? one : People],
            Provider = Provider,
            TenantId = TenantId,
            NotifyEmail = NotifyEmail,
            Role = Role,
            License = License,
            Groups = Groups,
            SendMail = SendMail,
        };
}
