using System.Text.Json.Nodes;
using UserManagement.Membership;
using UserManagement.Membership.Members;

namespace UserManagement.Scim.Users;

/// <summary>
/// Our own extension of User (<c>scim-schemas/membership.schema.json</c>): what the server decided for a member. Shown to who asks for it,
/// never read.
/// </summary>
internal static class MembershipMap
{
    /// <summary>The extension's value.</summary>
    /// <param name="member">The member.</param>
    /// <param name="grants">Why they have the role and the license.</param>
    public static JsonObject Of(Member member, IEnumerable<Grant> grants)
    {
        var json = new JsonObject { ["role"] = member.Role };
        if (member.License is { } license)
        {
            json["license"] = license;
        }

        json["seat"] = member.HasSeat;
        json["waiting"] = member.IsWaiting;
        json["state"] = member.State.Shown();
        if (grants.Where(g => g.Kind.IsKnown()).Select(Origin).ToArray() is { Length: > 0 } origin)
        {
            json["origin"] = new JsonArray(origin);
        }

        return json;
    }

    private static JsonNode Origin(Grant grant)
    {
        var json = new JsonObject { ["kind"] = grant.Origin.Shown() };
        if (grant.OriginId.Length > 0)
        {
            json["value"] = grant.OriginId;
        }

        json["display"] = $"{(grant.Kind == GrantKind.Role ? "Role" : "License")} {grant.Value}, {From(grant.Origin)}";
        return json;
    }

    private static string From(GrantOrigin origin) =>
        origin switch
        {
            GrantOrigin.Join => "by the rule for newcomers",
            GrantOrigin.Directory => "because a directory provisioned the person",
            GrantOrigin.Invitation => "by an invitation",
            GrantOrigin.Group => "by a group rule",
            GrantOrigin.Admin => "by an admin",
            _ => "by a rule of a later version",
        };
}
