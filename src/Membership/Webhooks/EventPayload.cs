using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Webhooks;

/// <summary>
/// What an endpoint is sent, in the form that Standard Webhooks advises: type, time and data. Thin, and enough to act on: the member as
/// they are after it, what was before of the fields that changed, who did it through which door.
/// </summary>
internal static class EventPayload
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    /// <summary>The payload as text.</summary>
    public static string Write(
        Id<WorkspaceEvent> id,
        string type,
        DateTimeOffset at,
        Workspace workspace,
        Actor actor,
        IReadOnlyDictionary<string, object?> data
    ) =>
        JsonSerializer.Serialize(
            new
            {
                id = id.Value,
                type,
                timestamp = Time(at),
                workspace = new { id = workspace.Id.Value, slug = workspace.Slug },
                actor = new
                {
                    kind = actor.Kind.Shown(),
                    id = actor.Id,
                    name = actor.Name,
                    door = actor.Door.Shown(),
                },
                data,
            },
            Json
        );

    /// <summary>A member, as events show one.</summary>
    public static object Member(Member member) =>
        new
        {
            id = member.Id.Value,
            userName = member.UserName,
            externalId = member.ExternalId,
            email = member.Email,
            displayName = member.ShownName,
            givenName = member.GivenName,
            familyName = member.FamilyName,
            status = member.State == MemberState.Ended ? "removed" : member.State.Shown(),
            role = member.Role,
            license = member.License,
            hasSeat = member.HasSeat,
            version = member.Version,
        };

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
