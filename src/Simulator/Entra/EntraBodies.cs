using System.Text.Json.Nodes;
using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Entra;

/// <summary>POST bodies in the shapes that Entra sends, both dialects alike.</summary>
public static class EntraBodies
{
    private const string UserSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
    private const string GroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";

    // Entra names this one beside the core schema; servers must not mind
    private const string OldGroupSchema = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

    /// <summary>A person. Absent attributes are left out, <c>roles</c> is empty, <c>meta</c> names the type.</summary>
    /// <param name="person">The person.</param>
    /// <param name="activeAsText">True writes <c>active</c> as the text <c>"True"</c>, which Entra does at times.</param>
    public static JsonObject User(Person person, bool activeAsText)
    {
        var (town, country) = person.Office;
        var body = new JsonObject
        {
            ["schemas"] = new JsonArray(UserSchema, Resource.Enterprise),
            ["externalId"] = person.ExternalId,
            ["userName"] = person.UserName,
            ["active"] = activeAsText ? "True" : true,
            ["displayName"] = person.DisplayName,
            ["title"] = person.Title,
            ["preferredLanguage"] = person.Language,
            ["meta"] = new JsonObject { ["resourceType"] = "User" },
            ["name"] = new JsonObject
            {
                ["formatted"] = person.DisplayName,
                ["givenName"] = person.GivenName,
                ["familyName"] = person.FamilyName,
            },
            ["addresses"] = new JsonArray(
                new JsonObject
                {
                    ["primary"] = false,
                    ["type"] = "work",
                    ["formatted"] = $"{town}, {country}",
                    ["streetAddress"] = $"{person.Number} Ring Road",
                    ["locality"] = town,
                    ["postalCode"] = $"{10_000 + person.Number}",
                    ["country"] = country,
                }
            ),
            ["phoneNumbers"] = new JsonArray(new JsonObject { ["type"] = "work", ["value"] = $"+49 555 {person.Number:00000}" }),
            ["roles"] = new JsonArray(),
            [Resource.Enterprise] = new JsonObject { ["employeeNumber"] = person.EmployeeNumber, ["department"] = person.Department },
        };
        if (person.WorkMail is { } mail)
        {
            body["emails"] = new JsonArray(
                new JsonObject
                {
                    ["primary"] = true,
                    ["type"] = "work",
                    ["value"] = mail,
                }
            );
        }

        return body;
    }

    /// <summary>A group, always empty: members follow by PATCH.</summary>
    /// <param name="team">The group.</param>
    public static JsonObject Group(Team team) =>
        new()
        {
            ["schemas"] = new JsonArray(GroupSchema, OldGroupSchema),
            ["externalId"] = team.ExternalId,
            ["displayName"] = team.DisplayName,
            ["meta"] = new JsonObject { ["resourceType"] = "Group" },
        };
}
