using System.Text.Json;
using System.Text.Json.Serialization;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Bulk;

/// <summary>
/// Whom a job is for, as its row holds it: what narrows the list. The order is always that of names. What a later version narrowed by,
/// and this one does not know, makes it no search at all: left out, it would be one for more people.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record StoredSearch
{
    /// <summary>The words.</summary>
    public string? Words { get; init; }

    /// <summary>The user name.</summary>
    public string? UserName { get; init; }

    /// <summary>The mail address.</summary>
    public string? Email { get; init; }

    /// <summary>The directory's id.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The group.</summary>
    public Guid? Group { get; init; }

    /// <summary>The license's key.</summary>
    public string? License { get; init; }

    /// <summary>The state's word.</summary>
    public string? Status { get; init; }

    /// <summary>The role's key.</summary>
    public string? Role { get; init; }

    /// <summary>With or without a seat.</summary>
    public bool? Seat { get; init; }

    /// <summary>As JSON.</summary>
    public static string Of(MemberListQuery query) =>
        JsonSerializer.Serialize(
            new StoredSearch
            {
                Words = query.Search,
                UserName = query.UserName,
                Email = query.Email,
                ExternalId = query.ExternalId,
                Group = query.Group?.Value,
                License = query.License,
                Status = query.Status is { } state ? Word.Of(state) : null,
                Role = query.Role,
                Seat = query.Seat,
            },
            WorkspaceConfiguration.Json
        );

    /// <summary>The search of that JSON, behind a place of the list; null where it is none that this version knows.</summary>
    public static MemberListQuery? Read(string? text, string? after)
    {
        try
        {
            return text is not null && JsonSerializer.Deserialize<StoredSearch>(text, WorkspaceConfiguration.Json) is { } stored
                ? new()
                {
                    Search = stored.Words,
                    UserName = stored.UserName,
                    Email = stored.Email,
                    ExternalId = stored.ExternalId,
                    Group = stored.Group is { } group ? new Id<Group>(group) : null,
                    License = stored.License,
                    Status = stored.Status is { } word ? Word.Read<MemberState>(word) : null,
                    Role = stored.Role,
                    Seat = stored.Seat,
                    After = PageCursor.Read(after),
                }
                : null;
        }
        catch (JsonException)
        {
            return null; // written by a later version
        }
    }
}
