using System.Text.Json.Nodes;
using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Okta;

/// <summary>Bodies in the shapes that Okta's SCIM client sends.</summary>
public static class OktaBodies
{
    /// <summary>A new person: with a password nobody asked for, and with <c>groups</c>, which the server alone decides.</summary>
    /// <param name="person">The person.</param>
    public static JsonObject Create(Person person)
    {
        var body = new JsonObject
        {
            ["schemas"] = new JsonArray(DirectoryCalls.UserSchema, Resource.Enterprise),
            ["externalId"] = person.ExternalId,
            ["groups"] = new JsonArray(),
            ["password"] = $"1mz050nq-{person.Number}",
        };
        Fill(body, person);
        return body;
    }

    /// <summary>The whole person for a PUT: what the server had answered, read-only attributes included, with new values.</summary>
    /// <param name="read">The answer to the GET before.</param>
    /// <param name="changed">Values as they shall be; made by <see cref="Fill"/>.</param>
    public static JsonObject Replace(JsonObject read, JsonObject changed)
    {
        var body = (JsonObject)read.DeepClone();
        foreach (var (key, value) in changed)
        {
            body[key] = value?.DeepClone();
        }

        // Okta echoes id, meta and groups and adds them when they were not there
        body["groups"] ??= new JsonArray();
        return body;
    }

    /// <summary>Writes the attributes that an Okta profile maps.</summary>
    /// <param name="body">The body.</param>
    /// <param name="person">The person.</param>
    public static JsonObject Fill(JsonObject body, Person person)
    {
        body["userName"] = person.UserName;
        body["name"] = new JsonObject { ["givenName"] = person.GivenName, ["familyName"] = person.FamilyName };
        body["emails"] = new JsonArray(
            new JsonObject
            {
                ["primary"] = true,
                ["value"] = person.WorkMail,
                ["type"] = "work",
                ["display"] = person.WorkMail,
            }
        );
        body["displayName"] = person.DisplayName;
        body["locale"] = person.Language;
        body["title"] = person.Title;
        body[Resource.Enterprise] = new JsonObject { ["employeeNumber"] = person.EmployeeNumber, ["department"] = person.Department };
        body["active"] = person.Active;
        if (person.MobilePhone is { } phone)
        {
            body["phoneNumbers"] = new JsonArray(
                new JsonObject
                {
                    ["primary"] = true,
                    ["value"] = phone,
                    ["type"] = "mobile",
                }
            );
        }

        return body;
    }

    /// <summary>A group for POST or PUT.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="members">Ids and sign-in names of its members.</param>
    public static JsonObject Group(string name, IEnumerable<(string Id, string UserName)> members) =>
        new()
        {
            ["schemas"] = new JsonArray(DirectoryCalls.GroupSchema),
            ["displayName"] = name,
            ["members"] = Members(members),
        };

    /// <summary>Members as Okta writes them.</summary>
    /// <param name="members">Ids and sign-in names.</param>
    public static JsonArray Members(IEnumerable<(string Id, string UserName)> members) =>
        new([.. members.Select(m => new JsonObject { ["value"] = m.Id, ["display"] = m.UserName })]);
}
