using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Roles;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// Everything in which one workspace differs from another, typed and versioned. The five presets are five fillings of
/// it; no code asks which preset it was filled from.
/// </summary>
public sealed record WorkspaceConfiguration
{
    /// <summary>The version of this type's shape that wrote the document; readers of a later shape fill what is missing.</summary>
    public int Shape { get; init; } = 1;

    /// <summary>The preset it was filled from, for the reader; nothing depends on it.</summary>
    public string Preset { get; init; } = "";

    /// <summary>The workspace's words for things.</summary>
    public Terms Terms { get; init; } = new();

    /// <summary>The role catalogue, highest rank first.</summary>
    public IReadOnlyList<Role> Roles { get; init; } = [];

    /// <summary>The license types; empty when people hold no licenses.</summary>
    public IReadOnlyList<LicenseType> Licenses { get; init; } = [];

    /// <summary>
    /// Which permissions ask for a feature of the license beside the role that gives them; null for none. Written only where it is set.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FeatureRule>? FeatureRules { get; init; }

    /// <summary>How people come in.</summary>
    public JoinRules Join { get; init; } = new();

    /// <summary>What is limited, and what happens at the limit.</summary>
    public CapacityRules Capacity { get; init; } = new();

    /// <summary>Invitations.</summary>
    public InvitationRules Invitations { get; init; } = new();

    /// <summary>Signing in.</summary>
    public SignInRules SignIn { get; init; } = new();

    /// <summary>What the member list shows.</summary>
    public MemberListRules MemberList { get; init; } = new();

    /// <summary>The SCIM door.</summary>
    public ScimRules Scim { get; init; } = new();

    /// <summary>Hints to admins.</summary>
    public AdviceRules Advice { get; init; } = new();

    /// <summary>How group rules work together; null for the first match, and no admin by a rule. Written only where it is set.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Rules.RuleSettings? Rules { get; init; }

    /// <summary>What two admins do together: one asks, a second approves; null for nothing. Written only where it is set.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Approvals.FourEyesAct>? FourEyes
    {
        get;
        init => field = value is { Count: > 0 } ? value : null;
    }

    /// <summary>What the pages call things: those of the preset, with the workspace's own <see cref="Terms"/> in them.</summary>
    [JsonIgnore]
    public Words Words => Words.Of(Preset);

    /// <summary>A text of <see cref="Words"/> with the workspace's words for person, people and tenant.</summary>
    public string Say(string text) => Terms.In(text);

    /// <summary>
    /// The keys of the roles for which there may be a link for many: those that the workspace names, or else all that take a seat and can
    /// be given by hand.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<string> LinkRoles =>
        Invitations.LinkRoles ?? [.. Roles.Where(r => r is { NeedsSeat: true, Assignable: true }).Select(r => r.Key)];

    /// <summary>Whether whoever finds no seat waits for one, and gets it by itself when it is their turn.</summary>
    [JsonIgnore]
    public bool GivesSeatsInTurn => Capacity.OnFull == OnFull.Waitlist && Join.AutoAssign && Role(Join.FallbackRole) is not null;

    /// <summary>Whether newcomers get a seat by themselves: those of a directory, or all others.</summary>
    public bool AutoAssigns(bool byDirectory) => byDirectory && Scim.AutoAssign is { } own ? own == DirectorySeats.On : Join.AutoAssign;

    /// <summary>The role with this key, or null.</summary>
    public Role? Role(string? key) => Roles.FirstOrDefault(r => r.Key == key);

    /// <summary>The license type with this key, or null.</summary>
    public LicenseType? License(string? key) => Licenses.FirstOrDefault(l => l.Key == key);

    /// <summary>
    /// The form in which the configuration is stored. A later version may have written it: what this one does not know is
    /// passed over, see <see cref="StoredWords"/> and <see cref="WriteOver"/>. Doors, whose callers make typing errors, read strictly.
    /// </summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { Converters = { new StoredWords() } };

    /// <summary>How a document that ships with the product is read: nothing in it may be unknown.</summary>
    internal static JsonSerializerOptions Strict { get; } =
        new(JsonSerializerDefaults.Web)
        {
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        };

    /// <summary>Reads the stored form, of whichever version.</summary>
    /// <exception cref="JsonException">It is not a configuration.</exception>
    public static WorkspaceConfiguration Read(string json) =>
        JsonSerializer.Deserialize<WorkspaceConfiguration>(json, Json) ?? throw new JsonException("The configuration is null.");

    /// <summary>The stored form of a new one.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>
    /// The stored form of one that takes the place of another: what a later version wrote and this one does not know stays as it is.
    /// </summary>
    /// <param name="stored">The stored form of the one before.</param>
    public string WriteOver(string stored) =>
        StoredDocument
            .Over(JsonNode.Parse(stored), JsonSerializer.SerializeToNode(Read(stored), Json), JsonSerializer.SerializeToNode(this, Json))!
            .ToJsonString(Json);
}

/// <summary>How people come in.</summary>
public sealed record JoinRules
{
    /// <summary>The role of whoever comes in without one being named.</summary>
    public string DefaultRole { get; init; } = "";

    /// <summary>
    /// The role without a seat into which people come when seats are full or are not assigned by themselves; null when the catalogue has
    /// none.
    /// </summary>
    public string? FallbackRole { get; init; }

    /// <summary>Whether newcomers whose role needs a seat get one by themselves.</summary>
    public bool AutoAssign { get; init; } = true;

    /// <summary>Whether somebody invited as admin keeps that role although seats are not assigned by themselves.</summary>
    public bool AdminKeepsRole { get; init; } = true;

    /// <summary>The license of whoever comes in without one being named; null for none.</summary>
    public string? DefaultLicense { get; init; }

    /// <summary>Whether an invitation must name a license.</summary>
    public bool LicenseRequired { get; init; }
}

/// <summary>What happens to a newcomer when seats are full.</summary>
public enum OnFull
{
    /// <summary>The newcomer is refused.</summary>
    [Strictest]
    Refuse,

    /// <summary>The newcomer comes in with the fallback role, without a seat.</summary>
    Downgrade,

    /// <summary>The same, and gets the seat in turn, by itself, when one comes free.</summary>
    Waitlist,
}

/// <summary>Whether people whom a directory brings get a seat by themselves.</summary>
public enum DirectorySeats
{
    /// <summary>An admin gives it to them.</summary>
    [Strictest]
    Off,

    /// <summary>They get it as they come, as long as one is free.</summary>
    On,
}

/// <summary>What is limited.</summary>
public sealed record CapacityRules
{
    /// <summary>How many people may hold a role that needs a seat; null for no limit.</summary>
    public int? Seats { get; init; }

    /// <summary>How many active people there may be; null for no limit.</summary>
    public int? MemberSlots { get; init; }

    /// <summary>What happens when seats are full.</summary>
    public OnFull OnFull { get; init; } = OnFull.Refuse;

    /// <summary>
    /// How many percent of the seats may be in use beyond them, for <see cref="GraceDays"/> from the first one on; null for none. Written
    /// only where it is set.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? GracePercent { get; init; }

    /// <summary>For how many days; null where there is no grace.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? GraceDays { get; init; }

    /// <summary>Where one gets more, shown when something is full; null for no hint.</summary>
    public string? MoreHint { get; init; }
}

/// <summary>Invitations.</summary>
public sealed record InvitationRules
{
    /// <summary>Days until an invitation expires, 1 to 365.</summary>
    public int LifetimeDays { get; init; } = 7;

    /// <summary>Which providers an invitation may be bound to; one entry means that nobody is asked.</summary>
    public IReadOnlyList<Membership.Invitations.IdentityProvider> Providers { get; init; } = [Membership.Invitations.IdentityProvider.Any];

    /// <summary>Whether an invitation bound to Entra may name a tenant.</summary>
    public bool TenantId { get; init; }

    /// <summary>Whether a notification address other than the user name may be given.</summary>
    public bool NotifyEmail { get; init; }

    /// <summary>Whether the inviter may choose not to send mail.</summary>
    public bool ChooseMail { get; init; }

    /// <summary>Whether several addresses may be invited at once.</summary>
    public bool Several { get; init; } = true;

    /// <summary>Whether the link is shown for copying.</summary>
    public bool CopyLink { get; init; } = true;

    /// <summary>
    /// Whether an invitation whose user name is free text, no address, is redeemed by whoever holds its link, under whatever name
    /// their provider knows them.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // an older build beside this one does not know it
    public bool LinkIsEnough { get; init; }

    /// <summary>
    /// The keys of the roles for which there may be a link for many; empty for none, null for those that take a seat. Written only where it
    /// is set.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? LinkRoles { get; init; }

    /// <summary>
    /// Whether an invitation takes a license of its pool at once, until it is accepted or withdrawn, so that nobody who accepts finds none.
    /// Written only where it is set.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ReserveLicense { get; init; }

    /// <summary>When an invitation may be sent again.</summary>
    public ResendWhen Resend { get; init; } = ResendWhen.Always;

    /// <summary>The word on the button that ends an invitation: Revoke, Delete.</summary>
    public string RevokeLabel { get; init; } = "Revoke";

    /// <summary>Whether closed invitations stay in the list.</summary>
    public bool ShowClosed { get; init; } = true;

    /// <summary>
    /// The most invitations that may be sent by mail in 24 hours; null for no limit. A guard against mail bombs, not a plan.
    /// </summary>
    public int? MailsPerDay { get; init; } = 2000;
}

/// <summary>When an invitation may be sent again.</summary>
public enum ResendWhen
{
    /// <summary>While it is pending and after it expired.</summary>
    Always,

    /// <summary>Only after it expired.</summary>
    Expired,

    /// <summary>Never: it is ended and made anew.</summary>
    [Strictest]
    Never,
}

/// <summary>What a workspace asks of a second factor.</summary>
public enum MfaPolicy
{
    /// <summary>Not offered.</summary>
    Off,

    /// <summary>Each person's choice.</summary>
    Optional,

    /// <summary>Nobody gets in without.</summary>
    [Strictest]
    Required,
}

/// <summary>What the member list shows.</summary>
public sealed record MemberListRules
{
    /// <summary>Columns in their order: name, email, role, license, seat, status, groups, lastActivity, lastLogin, joined.</summary>
    public IReadOnlyList<string> Columns { get; init; } = ["name", "role", "seat", "status", "groups", "lastActivity"];
}

/// <summary>The SCIM door.</summary>
public sealed record ScimRules
{
    /// <summary>Whether the door follows the RFC to the letter instead of being at ease with real clients.</summary>
    public bool Strict { get; init; }

    /// <summary>Whether two groups may not bear the same name; Entra matches groups by it.</summary>
    public bool UniqueGroupNames { get; init; } = true;

    /// <summary>
    /// Whether people whom a directory brings get a seat by themselves; null for what holds of everybody
    /// (<see cref="JoinRules.AutoAssign"/>). Written only where it is set.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DirectorySeats? AutoAssign { get; init; }

    /// <summary>
    /// Whether discovery says nothing that came after RFC 7643 (the block <c>pagination</c> of RFC 9865), for clients that
    /// refuse what they do not know and cannot be told by their User-Agent. Written only where it is set.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool PlainDiscovery { get; init; }

    /// <summary>
    /// How many days the provisioning log is kept, 1 to 400; null for thirty. Written only where it is set.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? LogDays { get; init; }

    /// <summary>
    /// Which words of directories wait for an admin, and how many people one may take out at once; null for none. Written only where it is
    /// set.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HoldRules? Hold { get; init; }

    /// <summary>
    /// From which attributes people get their user name and address, by directory; null for what the directories send under these names.
    /// Written only where it is set.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DirectoryMapping>? Mappings { get; init; }

    /// <summary>
    /// The attributes of people that the workspace adds to those of SCIM; null for none. What people have of one that is taken away is
    /// kept and no longer shown. Written only where it is set.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<CustomAttribute>? Attributes { get; init; }

    /// <summary>
    /// The URN of the extension in which <see cref="Attributes"/> stand, as directories map onto it; null for
    /// <c>urn:ietf:params:scim:schemas:extension:workspace:2.0:User</c>. Written only where it is set.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AttributeSchema { get; init; }

    /// <summary>The URN of the extension of the workspace's own attributes.</summary>
    [JsonIgnore]
    public string SchemaOfAttributes => AttributeSchema ?? CustomAttribute.UsualSchema;

    /// <summary>The attribute of the workspace's own with this name, whatever its case; null for none.</summary>
    public CustomAttribute? Attribute(string? name) =>
        Attributes?.FirstOrDefault(a => a.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The days for which the provisioning log is kept.</summary>
    [JsonIgnore]
    public int DaysOfLog => LogDays ?? 30;
}

/// <summary>Hints to admins.</summary>
public sealed record AdviceRules
{
    /// <summary>Warn when there are fewer admins than this.</summary>
    public int WarnBelowAdmins { get; init; } = 2;

    /// <summary>Whether the list of first steps is put away. Written only where it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SetUpDone { get; init; }

    /// <summary>Remind admins to review the list of people after so many days; null for never.</summary>
    public int? ReviewEveryDays { get; init; }
}
