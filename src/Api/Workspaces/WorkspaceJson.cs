using UserManagement.Api.Members;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Workspaces;

/// <summary>Who sends the request.</summary>
internal sealed record MeJson
{
    /// <summary>Whether it is a key or a person.</summary>
    public required CallerKind Kind { get; init; }

    /// <summary>The key's or the account's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The key's or the person's name.</summary>
    public required string Name { get; init; }

    /// <summary>The slug of the one workspace that a key opens; null for a person.</summary>
    public string? Workspace { get; init; }

    /// <summary>The key of the role as which a key acts; null for a person, whose role is another in each workspace.</summary>
    public string? Role { get; init; }
}

/// <summary>What sort of caller.</summary>
internal enum CallerKind
{
    /// <summary>A program with an API key.</summary>
    ApiKey,

    /// <summary>A person who is signed in.</summary>
    Person,
}

/// <summary>What whoever asks may do in a workspace.</summary>
internal sealed record MyPartJson
{
    /// <summary>The key of the role as which they act.</summary>
    public required string? Role { get; init; }

    /// <summary>What that role may do.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }

    /// <summary>The member's id; null for a key.</summary>
    public Guid? MemberId { get; init; }

    /// <summary>The key of the license; null for none, and for a key.</summary>
    public string? License { get; init; }

    /// <summary>Whether they hold a seat.</summary>
    public required bool HasSeat { get; init; }

    /// <summary>Their place in the line for a seat; null for who does not wait, and for a key.</summary>
    public SeatPlaceJson? SeatPlace { get; init; }

    /// <summary>Permissions of the role and features of the license together: what apps ask about.</summary>
    public required IReadOnlyList<string> Entitlements { get; init; }

    /// <summary>Of an actor.</summary>
    public static MyPartJson Of(WorkspaceConfiguration configuration, Actor actor, Member? member, SeatPlace? place) =>
        new()
        {
            Role = actor.Role,
            Permissions = [.. actor.Permissions.Order(StringComparer.Ordinal)],
            MemberId = member?.Id.Value,
            License = member?.License,
            HasSeat = member?.HasSeat ?? false,
            SeatPlace = SeatPlaceJson.Of(place),
            Entitlements = configuration.EntitledTo(actor.Role, member?.License),
        };
}

/// <summary>A workspace that the caller is in.</summary>
internal sealed record MyWorkspaceJson
{
    /// <summary>Its name in addresses.</summary>
    public required string Slug { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The caller's role there, as people call it.</summary>
    public required string RoleLabel { get; init; }
}

/// <summary>A workspace.</summary>
internal sealed record WorkspaceJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name in addresses.</summary>
    public required string Slug { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The preset that it was filled from; nothing depends on it.</summary>
    public required string Preset { get; init; }

    /// <summary>Its words for things.</summary>
    public required Terms Terms { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts its changes.</summary>
    public required long Version { get; init; }

    /// <summary>Of a workspace.</summary>
    public static WorkspaceJson Of(WorkspaceContext workspace) =>
        new()
        {
            Id = workspace.Id.Value,
            Slug = workspace.Row.Slug,
            Name = workspace.Row.Name,
            Preset = workspace.Configuration.Preset,
            Terms = workspace.Configuration.Terms,
            CreatedAt = workspace.Row.CreatedAt,
            Version = workspace.Row.Version,
        };
}

/// <summary>A role of the catalogue.</summary>
internal sealed record CatalogueRoleJson
{
    /// <summary>Its key.</summary>
    public required string Key { get; init; }

    /// <summary>The name that people see.</summary>
    public required string Label { get; init; }

    /// <summary>What it may do, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Order of power; higher is more.</summary>
    public required int Rank { get; init; }

    /// <summary>All permissions, those of included roles among them.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }

    /// <summary>Whether people in it are admins.</summary>
    public required bool IsAdmin { get; init; }

    /// <summary>Whether it takes a seat.</summary>
    public required bool NeedsSeat { get; init; }

    /// <summary>Whether it can be given by hand or invitation.</summary>
    public required bool Assignable { get; init; }

    /// <summary>The highest role that its holder may hand out; null for none.</summary>
    public string? CanGrantUpTo { get; init; }

    /// <summary>Of a role.</summary>
    public static CatalogueRoleJson Of(WorkspaceConfiguration configuration, Role role) =>
        new()
        {
            Key = role.Key,
            Label = role.Label,
            Description = role.Description,
            Rank = role.Rank,
            Permissions = [.. configuration.PermissionsOf(role.Key).Order(StringComparer.Ordinal)],
            IsAdmin = role.IsAdmin,
            NeedsSeat = role.NeedsSeat,
            Assignable = role.Assignable,
            CanGrantUpTo = role.CanGrantUpTo,
        };
}

/// <summary>A limited count: "12 / 25".</summary>
internal sealed record UsageJson
{
    /// <summary>In use.</summary>
    public required long Used { get; init; }

    /// <summary>The limit; null for none.</summary>
    public long? Limit { get; init; }

    /// <summary>How many are left; null without a limit.</summary>
    public long? Free { get; init; }

    /// <summary>Of seats: how many there are beyond the limit for a while; 0 for none.</summary>
    public required long Grace { get; init; }

    /// <summary>Until when those are given out; null while none is.</summary>
    public DateTimeOffset? GraceUntil { get; init; }

    /// <summary>Of seats that are given in turn: how many people wait for one.</summary>
    public required long Waiting { get; init; }

    /// <summary>Of a usage.</summary>
    public static UsageJson Of(Usage usage) =>
        new()
        {
            Used = usage.Used,
            Limit = usage.Limit,
            Free = usage.Free,
            Grace = usage.Grace,
            GraceUntil = usage.GraceUntil,
            Waiting = usage.Waiting,
        };
}

/// <summary>A license type and how many are in use.</summary>
internal sealed record LicenseJson
{
    /// <summary>Its key.</summary>
    public required string Key { get; init; }

    /// <summary>The name that people see.</summary>
    public required string Label { get; init; }

    /// <summary>What it opens, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Feature names that apps read.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>How many are in use.</summary>
    public required UsageJson Usage { get; init; }

    /// <summary>Of a license type.</summary>
    public static LicenseJson Of(LicenseType license, Counts counts) =>
        new()
        {
            Key = license.Key,
            Label = license.Label,
            Description = license.Description,
            Features = license.Features,
            Usage = UsageJson.Of(counts.License(license.Key)),
        };
}

/// <summary>All counts of a workspace.</summary>
internal sealed record SeatsJson
{
    /// <summary>Seats.</summary>
    public required UsageJson Seats { get; init; }

    /// <summary>Active people, against the member slots.</summary>
    public required UsageJson MemberSlots { get; init; }

    /// <summary>Everybody in the member list.</summary>
    public required long Members { get; init; }

    /// <summary>Active admins with an account.</summary>
    public required long Admins { get; init; }

    /// <summary>People invited and not joined.</summary>
    public required long Invited { get; init; }

    /// <summary>People kept out for now.</summary>
    public required long Suspended { get; init; }

    /// <summary>Groups.</summary>
    public required long Groups { get; init; }

    /// <summary>Members with each role, by the role's key.</summary>
    public required IReadOnlyDictionary<string, long> ByRole { get; init; }

    /// <summary>Of the counts.</summary>
    public static SeatsJson Of(WorkspaceConfiguration configuration, Counts counts) =>
        new()
        {
            Seats = UsageJson.Of(counts.Seats),
            MemberSlots = UsageJson.Of(counts.Slots),
            Members = counts.Listed,
            Admins = counts.Admins,
            Invited = counts.In(MemberState.Invited),
            Suspended = counts.In(MemberState.Suspended),
            Groups = counts.Groups,
            ByRole = configuration.Roles.ToDictionary(r => r.Key, r => counts.WithRole(r.Key)),
        };
}
