using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// What the pages about people call things and where they put them, as the manual of a preset says: data beside the preset
/// (<c>PresetWords/*.json</c>), so that no page asks for a preset. In a text <c>{person}</c>, <c>{people}</c> and <c>{tenant}</c> stand
/// for the workspace's <see cref="Terms"/>; with a capital letter the word has one too.
/// </summary>
public sealed record Words
{
    private const string Prefix = "UserManagement.Membership.Workspaces.PresetWords.";

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly ConcurrentDictionary<string, Words> Read = new(StringComparer.Ordinal);

    /// <summary>Heading of the navigation under which the list of people stands.</summary>
    public string Section { get; init; } = "People";

    /// <summary>Heading of the navigation under which the settings stand.</summary>
    public string SettingsSection { get; init; } = "{Tenant}";

    /// <summary>Name of the list of people: of its place, its page and its link.</summary>
    public string Place { get; init; } = "{People}";

    /// <summary>
    /// Link in the menu of one's own name that leads to the list, which then also stands at the side's foot; null for none.
    /// </summary>
    public string? OwnMenuLink { get; init; }

    /// <summary>Name of the page of what is limited and how much of it is used; null for none.</summary>
    public string? Subscription { get; init; }

    /// <summary>Whether that page stands beside the settings, and not beside the people.</summary>
    public bool SubscriptionInSettings { get; init; }

    /// <summary>The button there that tells how to get more; null for none.</summary>
    public string? Upgrade { get; init; }

    /// <summary>The link from there to the billing portal.</summary>
    public string ManageSubscription { get; init; } = "Manage subscription";

    /// <summary>What the person is called whom members ask about AI; null where nobody is named.</summary>
    public string? Coordinator { get; init; }

    /// <summary>Name of the figure of those who are in.</summary>
    public string Active { get; init; } = "Active";

    /// <summary>Whether that figure leaves out who never signed in.</summary>
    public bool ActiveHaveSignedIn { get; init; }

    /// <summary>Name of the figure of those who are invited.</summary>
    public string Invited { get; init; } = "Invited";

    /// <summary>Heading of what is used of each license.</summary>
    public string Licenses { get; init; } = "Licenses";

    /// <summary>The button that begins an invitation.</summary>
    public string Invite { get; init; } = "Invite {person}";

    /// <summary>The same in a menu of two; null where there is none.</summary>
    public string? InviteOne { get; init; }

    /// <summary>The way to invite by a file.</summary>
    public string InviteSeveral { get; init; } = "Invite multiple {people}";

    /// <summary>Whether addresses are typed in at the top of the list, and not only on a page of their own.</summary>
    public bool InviteAtList { get; init; }

    /// <summary>Heading of the form where several are invited at once.</summary>
    public string InviteHeading { get; init; } = "Invite {people}";

    /// <summary>The button that sends to one person.</summary>
    public string SendOne { get; init; } = "Send invitation";

    /// <summary>The button that sends to several.</summary>
    public string SendSeveral { get; init; } = "Send invitations";

    /// <summary>Name of the role in that form.</summary>
    public string InviteRole { get; init; } = "Role";

    /// <summary>Advice below it; null for none.</summary>
    public string? InviteRoleAdvice { get; init; }

    /// <summary>How roles are best spread, said where they are not; null for no such advice.</summary>
    public string? SpreadAdvice { get; init; }

    /// <summary>More admins than this are many; null for any number.</summary>
    public int? FewAdmins { get; init; }

    /// <summary>The key of the role that most people should have; null for none.</summary>
    public string? BulkRole { get; init; }

    /// <summary>Heading of the column of addresses.</summary>
    public string Email { get; init; } = "E-mail";

    /// <summary>Whether the heading of the acts of a row is seen.</summary>
    public bool ShowActions { get; init; }

    /// <summary>Where the role of a row is changed.</summary>
    public RolePlace RoleIn { get; init; } = RolePlace.Page;

    /// <summary>The link to a person's page where things are changed.</summary>
    public string Edit { get; init; } = "Edit";

    /// <summary>Whether that link and the removal stand in the row as a pencil and a bin.</summary>
    public bool ActsInRow { get; init; }

    /// <summary>The button that saves what was changed on that page.</summary>
    public string SaveRole { get; init; } = "Save changes";

    /// <summary>The act that takes somebody out.</summary>
    public string Remove { get; init; } = "Remove {person}";

    /// <summary>Name of the list of invitations.</summary>
    public string Invitations { get; init; } = "Invitations";

    /// <summary>Whether that list is a tab of the list of people, with all that there ever was in view.</summary>
    public bool InvitationsAreTab { get; init; }

    /// <summary>The word for somebody who is in.</summary>
    public string ActiveStatus { get; init; } = "Active";

    /// <summary>The word for somebody whose access is switched off.</summary>
    public string SuspendedStatus { get; init; } = "Suspended";

    /// <summary>The words of a preset; the usual ones where there is no such preset.</summary>
    public static Words Of(string preset) => Read.GetOrAdd(preset, static name => Load(name) ?? new());

    private static Words? Load(string preset)
    {
        using var stream = typeof(Words).Assembly.GetManifestResourceStream(Prefix + preset + ".json");
        return stream is null ? null : JsonSerializer.Deserialize<Words>(stream, Strict);
    }
}

/// <summary>Where the role of a member of the list is changed.</summary>
public enum RolePlace
{
    /// <summary>On the person's page, once it is saved.</summary>
    Page,

    /// <summary>In the row, at once.</summary>
    Row,

    /// <summary>In the row's menu, at once.</summary>
    Menu,
}
